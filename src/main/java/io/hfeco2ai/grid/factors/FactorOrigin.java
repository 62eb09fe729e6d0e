package io.hfeco2ai.grid.factors;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What all values of an edition have in common.
 *
 * @param method average, residual, supplier, instrument or marginal
 * @param basis direct, upstream, t-and-d, life-cycle or unknown
 * @param gas CO2 or CO2e
 * @param gwp AR4, AR5 or AR6; null = not said, or CO2 only
 * @param perspective production or consumption; null = not said
 * @param url of the source; empty = none
 */
public record FactorOrigin(
        String method,
        String basis,
        String gas,
        @Nullable String gwp,
        @Nullable String perspective,
        String source,
        String edition,
        String licence,
        String url) {

    static final Set<String> METHODS = Set.of("average", "residual", "supplier", "instrument", "marginal");
    static final Set<String> BASES = Set.of("direct", "upstream", "t-and-d", "life-cycle", "unknown");
    private static final Map<String, Integer> LONGEST =
            Map.of("source", 200, "edition", 100, "licence", 100, "url", 500);

    /** From what a form sent: each field stripped, empty where it is missing. */
    static FactorOrigin of(Map<String, String> typed) {
        return new FactorOrigin(
                text(typed, "method"),
                text(typed, "basis"),
                text(typed, "gas"),
                emptyToNull(text(typed, "gwp")),
                emptyToNull(text(typed, "perspective")),
                text(typed, "source"),
                text(typed, "edition"),
                text(typed, "licence"),
                text(typed, "url"));
    }

    private static String text(Map<String, String> typed, String field) {
        return typed.getOrDefault(field, "").strip();
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** What is wrong and the cure, by field; empty when nothing is. */
    Map<String, String> mistakes() {
        Map<String, String> mistakes = new TreeMap<>();
        choice(mistakes, "method", method, METHODS);
        choice(mistakes, "basis", basis, BASES);
        choice(mistakes, "gas", gas, Set.of("CO2", "CO2e"));
        if (gwp != null) {
            choice(mistakes, "gwp", gwp, Set.of("AR4", "AR5", "AR6"));
            if (gas.equals("CO2")) {
                mistakes.put("gwp", "CO2 alone needs no warming potentials: leave this empty, or choose CO2e.");
            }
        }
        if (perspective != null) {
            choice(mistakes, "perspective", perspective, Set.of("production", "consumption"));
        }
        words(mistakes, "source", source, "Say who published the figures.");
        words(mistakes, "edition", edition, "Say which edition it is, such as \"2026-02\".");
        words(
                mistakes,
                "licence",
                licence,
                "Say on what terms the figures may be used, such as \"CC BY 4.0\" or \"internal\".");
        if (!url.isEmpty() && !url.matches("https?://[^\\s\"<>]+")) {
            mistakes.put("url", "Write a whole address that starts with https://, or leave this empty.");
        } else if (url.length() > length("url")) {
            mistakes.put("url", "Use at most " + length("url") + " characters.");
        }
        return mistakes;
    }

    private static void choice(Map<String, String> mistakes, String field, String chosen, Set<String> allowed) {
        if (!allowed.contains(chosen)) {
            mistakes.put(field, "Choose one of " + allowed.stream().sorted().toList() + ".");
        }
    }

    /** A spreadsheet that opens an export would run a text that starts like a formula. */
    private static void words(Map<String, String> mistakes, String field, String text, String ifEmpty) {
        if (text.isEmpty()) {
            mistakes.put(field, ifEmpty);
        } else if (text.length() > length(field)) {
            mistakes.put(field, "Use at most " + length(field) + " characters.");
        } else if ("=+-@".indexOf(text.charAt(0)) >= 0) {
            mistakes.put(field, "It begins like a spreadsheet formula: start with a letter or a digit.");
        }
    }

    private static int length(String field) {
        return LONGEST.getOrDefault(field, 0);
    }
}
