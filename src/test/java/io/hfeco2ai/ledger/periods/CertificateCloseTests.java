package io.hfeco2ai.ledger.periods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.grid.Supply.Certificate;
import io.hfeco2ai.grid.Supply.NewCover;
import io.hfeco2ai.ledger.periods.CertificateClose.Result;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Worked by hand: site a used 600 Wh and site b 400 Wh in DE, site c 1000 Wh in FR. */
class CertificateCloseTests {

    private static final Map<String, BigDecimal> CONSUMED =
            Map.of("a", BigDecimal.valueOf(600), "b", BigDecimal.valueOf(400), "c", BigDecimal.valueOf(1000));
    private static final Map<String, String> ZONES = Map.of("a", "DE", "b", "DE", "c", "FR");

    private static Certificate certificate(String id, long wh, String grams, @Nullable String site, String... zones) {
        return new Certificate(
                id, "GO", "numbers", Set.of(zones), 2025, wh, new BigDecimal(grams), site, LocalDate.of(2026, 2, 1));
    }

    @Test
    void certificatesOfAMarketAreSharedProRata() {
        Result result = CertificateClose.share(List.of(certificate("1", 500, "0", null, "DE")), CONSUMED, ZONES);
        assertThat(result.covers())
                .containsExactly(
                        new NewCover("a", 500_000, new BigDecimal("0.0000")),
                        new NewCover("b", 500_000, new BigDecimal("0.0000")));
        assertThat(result.leftWh()).isEqualByComparingTo("0");
    }

    @Test
    void dedicatedOnesComeFirstWhateverTheirNumber() {
        Result result = CertificateClose.share(
                List.of(certificate("1", 300, "0", null, "DE"), certificate("2", 400, "20", "b", "DE")),
                CONSUMED,
                ZONES);
        assertThat(result.covers())
                .containsExactly(
                        new NewCover("a", 500_000, new BigDecimal("0.0000")),
                        new NewCover("b", 1_000_000, new BigDecimal("20.0000")));
    }

    @Test
    void whatIsMoreThanTheConsumptionIsLeftAndSaid() {
        Result result = CertificateClose.share(
                List.of(certificate("1", 900, "10", null, "FR"), certificate("2", 900, "40", null, "FR")),
                CONSUMED,
                ZONES);
        assertThat(result.covers()).containsExactly(new NewCover("c", 1_000_000, new BigDecimal("13.0000")));
        assertThat(result.leftWh()).isEqualByComparingTo("800");
    }

    @Test
    void otherMarketsAndSitesWithoutEnergyTakeNothing() {
        Result result = CertificateClose.share(
                List.of(certificate("1", 100, "0", null, "NO"), certificate("2", 100, "0", "d", "DE")),
                Map.of("a", BigDecimal.ZERO),
                ZONES);
        assertThat(result.covers()).isEmpty();
        assertThat(result.leftWh()).isEqualByComparingTo("200");
    }
}
