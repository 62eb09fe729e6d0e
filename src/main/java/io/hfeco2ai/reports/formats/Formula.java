package io.hfeco2ai.reports.formats;

/** Texts that a spreadsheet would take for a formula. */
final class Formula {

    private static final String BEGINNINGS = "=+-@\t\r\n";

    private Formula() {}

    /** With an apostrophe before it where a spreadsheet would compute it (OWASP, "CSV Injection"). */
    static String harmless(String text) {
        return !text.isEmpty() && BEGINNINGS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
