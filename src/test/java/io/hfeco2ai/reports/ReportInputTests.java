package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.reports.Standard.Option;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportInputTests {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-02-01T12:00:00Z"), ZoneOffset.UTC);

    @Test
    void aControlCharacterIsRefusedAtItsField() {
        for (String field : new String[] {"scope", "from", Option.MODEL.key(), Option.RUN.key()}) {
            Map<String, String> typed = typed();
            typed.put(field, typed.getOrDefault(field, "a") + "\u0000b");

            assertThatExceptionOfType(BadInput.class)
                    .as(field)
                    .isThrownBy(() -> ReportInput.of(typed, CLOCK))
                    .satisfies(refused -> assertThat(refused.field()).isEqualTo(field))
                    .withMessageContaining("control character");
        }
    }

    @Test
    void aPlainTextIsStoredAsTyped() {
        Map<String, String> typed = typed();
        typed.put(Option.MODEL.key(), "Größe 7B");

        assertThat(ReportInput.of(typed, CLOCK).option(Option.MODEL)).isEqualTo("Größe 7B");
    }

    private static Map<String, String> typed() {
        return new HashMap<>(
                Map.of("standard", "CYCLONEDX", "scope", "team/project", "from", "2026-01-01", "to", "2026-01-31"));
    }
}
