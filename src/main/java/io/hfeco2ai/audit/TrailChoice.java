package io.hfeco2ai.audit;

import io.hfeco2ai.audit.Audit.Filter;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Names;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/** Turns what somebody typed into a choice of rows. */
@Component
class TrailChoice {

    private static final List<String> FIELDS = List.of("team", "action", "person", "from", "to");

    private final Names names;

    TrailChoice(Names names) {
        this.names = names;
    }

    /**
     * @param typed team and action: ids; person: user name or id; from and to: first and last UTC day; absent or empty: all
     * @throws BadInput naming the field
     */
    Filter of(Map<String, String> typed) {
        LocalDate from = day(typed, "from", LocalDate.EPOCH);
        LocalDate to = day(typed, "to", LocalDate.of(9999, 1, 1));
        if (to.isBefore(from)) {
            throw new BadInput("to", "The last day is before the first one: exchange them.");
        }
        String person = text(typed, "person");
        return new Filter(
                text(typed, "team"),
                text(typed, "action"),
                person.isEmpty()
                        ? ""
                        : names.personId(person)
                                .orElseThrow(() -> new BadInput(
                                        "person",
                                        "Nobody has this user name or id; write it as the page People has it.")),
                startMs(from),
                startMs(to.plusDays(1)));
    }

    /** The choice as it was typed, for links that keep it; ends with an ampersand or a question mark. */
    static String query(Map<String, String> typed) {
        UriComponentsBuilder query = UriComponentsBuilder.newInstance();
        FIELDS.stream()
                .filter(field -> !text(typed, field).isEmpty())
                .forEach(field -> query.queryParam(field, "{" + field + "}"));
        String built = query.encode().buildAndExpand(typed).toUriString();
        return built.isEmpty() ? "?" : built + "&";
    }

    private static LocalDate day(Map<String, String> typed, String field, LocalDate otherwise) {
        String text = text(typed, field);
        try {
            LocalDate day = text.isEmpty() ? otherwise : LocalDate.parse(text);
            if (day.getYear() < 1970 || day.getYear() > 9999) {
                throw new BadInput(field, "Choose a day from 1970 on.");
            }
            return day;
        } catch (DateTimeException e) {
            throw new BadInput(field, "Write the day as 2026-01-31.");
        }
    }

    private static long startMs(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    private static String text(Map<String, String> typed, String field) {
        return typed.getOrDefault(field, "").strip();
    }
}
