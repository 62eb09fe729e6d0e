package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a person is called in texts, as whole words whatever their case, and what stands there after an erasure. */
final class Identifiers {

    /** A shorter one would be found in texts about anything. */
    private static final int SHORTEST = 3;

    private static final int LONGEST = 254;
    private static final int MOST = 20;

    private final List<String> names;
    private final Pattern pattern;
    private final String pseudonym;

    private Identifiers(List<String> names, String pseudonym) {
        this.names = names;
        this.pseudonym = pseudonym;
        // The longest first: of "ann@example.org" and "ann" the whole address goes.
        this.pattern = Pattern.compile(
                names.stream()
                        .sorted((a, b) -> b.length() - a.length())
                        .map(Pattern::quote)
                        .collect(Collectors.joining("|", "(?<![\\p{L}\\p{N}])(?:", ")(?![\\p{L}\\p{N}])")),
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /**
     * @param typed without regard to blanks around it and to empty ones
     * @throws BadInput one is too short or too long, or there are too many
     */
    static Identifiers of(Collection<String> typed, String pseudonym) {
        Set<String> names = typed.stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String name : names) {
            if (name.codePointCount(0, name.length()) < SHORTEST || name.length() > LONGEST) {
                throw new BadInput(
                        "names",
                        "A name to be found in texts has " + SHORTEST + " to " + LONGEST
                                + " characters; leave out or lengthen \""
                                + (name.length() > 40 ? name.substring(0, 40) : name) + "\".");
            }
        }
        if (names.size() > MOST) {
            throw new BadInput("names", "Give at most " + MOST + " names.");
        }
        return new Identifiers(List.copyOf(names), pseudonym);
    }

    /** For a first, wide search in SQL: lower case, with LIKE's own signs escaped by a backslash. */
    List<String> likes() {
        return names.stream()
                .map(name -> "%"
                        + name.toLowerCase(Locale.ROOT)
                                .replace("\\", "\\\\")
                                .replace("%", "\\%")
                                .replace("_", "\\_") + "%")
                .toList();
    }

    boolean in(String text) {
        return !names.isEmpty() && pattern.matcher(text).find();
    }

    /** @param longest characters that fit; what is beyond is cut */
    String replacedIn(String text, int longest) {
        String replaced =
                names.isEmpty() ? text : pattern.matcher(text).replaceAll(Matcher.quoteReplacement(pseudonym));
        return replaced.length() <= longest ? replaced : replaced.substring(0, longest);
    }
}
