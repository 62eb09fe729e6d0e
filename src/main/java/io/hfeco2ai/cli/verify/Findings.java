package io.hfeco2ai.cli.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What differs, and what was looked at. Keeps the first {@value #MOST} differences and the number of all. */
final class Findings {

    static final int MOST = 200;

    /**
     * @param line from 1; 0: of the whole file
     * @param entry id of an entry; "": none
     */
    record Difference(String file, long line, String entry, String what, String expected, String found) {

        String text() {
            return file + (line > 0 ? " line " + line : "") + (entry.isEmpty() ? "" : ", entry " + entry) + ": " + what
                    + (expected.isEmpty() && found.isEmpty() ? "" : ": expected " + expected + ", found " + found);
        }
    }

    private final List<Difference> differences = new ArrayList<>();
    private final Map<String, Long> checked = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private long count;

    void differs(String file, long line, String entry, String what, @Nullable Object expected, @Nullable Object found) {
        count++;
        if (differences.size() < MOST) {
            differences.add(new Difference(file, line, entry, what, shown(expected), shown(found)));
        }
    }

    void differs(String file, String what, @Nullable Object expected, @Nullable Object found) {
        differs(file, 0, "", what, expected, found);
    }

    private static String shown(@Nullable Object content) {
        String text = content == null ? "nothing" : content.toString();
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    /** One more of that was looked at. */
    void checked(String what) {
        checked.merge(what, 1L, Long::sum);
    }

    void note(String note) {
        notes.add(note);
    }

    List<Difference> differences() {
        return differences;
    }

    Map<String, Long> checked() {
        return checked;
    }

    List<String> notes() {
        return notes;
    }

    long count() {
        return count;
    }
}
