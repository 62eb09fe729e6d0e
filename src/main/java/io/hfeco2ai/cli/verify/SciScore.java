package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes the terms of SCI = (E x I + M) per R again (ISO/IEC 21031:2024): E, I and O = E x I from the entries, the score from
 * them and the report's own M and R, which do not follow from entries.
 */
final class SciScore {

    private static final String STANDARD = "SCI";
    private static final MathContext DIGITS = MathContext.DECIMAL32;

    private final Tally total;
    private final Amounts amounts;

    SciScore(Tallies tallies, Amounts amounts) {
        this.total = tallies.total;
        this.amounts = amounts;
    }

    void check(Tree report) {
        if (!report.get("standard").text().equals(STANDARD)) {
            return;
        }
        Map<String, Tree> figures = new HashMap<>();
        for (Tree section : report.get("sections").list()) {
            section.get("figures")
                    .list()
                    .forEach(figure -> figures.put(figure.get("code").text(), figure));
        }
        BigDecimal grams = total.isEmpty() || !total.allPriced() ? null : total.locationGrams();
        BigDecimal units = given(figures, "R");
        BigDecimal embodied = given(figures, "M");
        BigDecimal score = grams == null || embodied == null ? null : grams.add(embodied);
        same(figures, "E", total.isEmpty() ? null : total.suppliedKwh());
        same(figures, "O", grams);
        same(figures, "I", grams == null ? null : total.gramsPerKwh(DIGITS));
        same(figures, "SCI", per(score, units));
        if (figures.containsKey("O per R") || per(grams, units) != null) {
            same(figures, "O per R", per(grams, units));
        }
    }

    private static @Nullable BigDecimal per(@Nullable BigDecimal grams, @Nullable BigDecimal units) {
        return grams == null || units == null || units.signum() == 0 ? null : grams.divide(units, DIGITS);
    }

    private @Nullable BigDecimal given(Map<String, Tree> figures, String code) {
        return amounts.given(figures.getOrDefault(code, new Tree(null)).get("amount"));
    }

    private void same(Map<String, Tree> figures, String code, @Nullable BigDecimal expected) {
        Tree figure = figures.getOrDefault(code, new Tree(null));
        amounts.same("figure " + code, expected, figure.get("amount"));
    }
}
