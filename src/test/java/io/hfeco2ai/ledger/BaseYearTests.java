package io.hfeco2ai.ledger;

import static io.hfeco2ai.ledger.LedgerFixture.interval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.ledger.periods.BaseYear;
import io.hfeco2ai.ledger.periods.BaseYear.Standing;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.DeviceKind;
import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Corrections of the base year against its threshold, on both databases. */
class BaseYearTests {

    private static final int HOUR_S = 3600;
    /** 2025-12-31T22:00:00Z, as seconds from the fixture's start. */
    private static final int LAST_OF_YEAR_S = -108 * HOUR_S;

    private static final int NEXT_YEAR_S = -100 * HOUR_S;

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void theBaseYearHasToBeRecalculatedOnceCorrectionsMoveItByTheThreshold(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.grid.setZoneAndPue("default", "DE", new BigDecimal("1.5"));
            fixture.run("a", "vision", null, false);
            fixture.member("a", "n", LAST_OF_YEAR_S, (double) LAST_OF_YEAR_S + HOUR_S, "gpu0");
            fixture.at(LAST_OF_YEAR_S + HOUR_S);
            fixture.record("n", interval("gpu0", DeviceKind.GPU, LAST_OF_YEAR_S, LAST_OF_YEAR_S + HOUR_S, 3_600_000));
            fixture.at(NEXT_YEAR_S);
            BaseYear base = fixture.bean(BaseYear.class);
            assertThatThrownBy(() -> base.choose("2025", "5", "The first whole year.", false))
                    .isInstanceOfSatisfying(
                            BadInput.class,
                            refused -> assertThat(refused.detail()).contains("Some hours of 2025 are not posted yet"));
            fixture.book();
            assertThat(base.standing()).isEmpty();
            base.choose("2025", "5", "The first whole year.", false);
            assertThat(standing(base).location().percent()).isEqualByComparingTo("0");
            assertThat(standing(base).recalculate()).isFalse();

            corrected(fixture, NEXT_YEAR_S + HOUR_S, "1.53");
            assertThat(standing(base).location().percent()).isEqualByComparingTo("2");
            assertThat(standing(base).recalculate()).isFalse();

            corrected(fixture, NEXT_YEAR_S + 2 * HOUR_S, "1.575");
            assertThat(standing(base).location().thenUg()).isEqualByComparingTo("525000000");
            assertThat(standing(base).location().percent()).isEqualByComparingTo("5");
            assertThat(standing(base).recalculate()).isTrue();

            base.choose("2025", "5.01", "Another threshold keeps what it is compared with.", false);
            assertThat(standing(base).location().percent()).isEqualByComparingTo("5");
            assertThat(standing(base).recalculate()).isFalse();

            base.choose("2025", "5", "The year was recalculated and handed out.", true);
            assertThat(standing(base).location().percent()).isEqualByComparingTo("0");
            assertThat(standing(base).recalculate()).isFalse();
        }
    }

    private static Standing standing(BaseYear base) {
        return base.standing().orElseThrow();
    }

    private static void corrected(LedgerFixture fixture, int atSeconds, String pue) {
        fixture.at(atSeconds);
        fixture.grid.correctZoneAndPue("default", "DE", new BigDecimal(pue));
        fixture.book();
    }
}
