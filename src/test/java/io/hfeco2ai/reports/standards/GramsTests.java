package io.hfeco2ai.reports.standards;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.ledger.Ledger.Line;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** Kilograms on a card that wants grams are a thousand times too little. */
class GramsTests {

    @Test
    void eightyThreeKilogramsAreEightyThreeThousandGrams() {
        Sum sum = new Sum();
        BigDecimal energyUj = new BigDecimal("720000000000000");
        sum.add(new Line(
                "node",
                "team",
                Quality.MEASURED,
                Boundary.CHIP,
                BigDecimal.ONE,
                "f",
                null,
                "2",
                false,
                energyUj,
                energyUj,
                new BigDecimal("83524000000"),
                null,
                null,
                1,
                1,
                1));
        Figure grams = new Figures(sum, "", false).grams("co2_eq_emissions.emissions", "Emissions");
        assertThat(grams.amount()).isEqualByComparingTo("83524");
        assertThat(grams.unit()).isEqualTo("g");
        assertThat(sum.locationKg()).isEqualByComparingTo("83.524");
    }
}
