package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.experiments.RunLog.Logged;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client may send. Fields are named as in the API. */
final class Rules {

    static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    private static final Instant OLDEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_TITLE = 500;
    private static final int LONGEST_KEY = 250;
    private static final int LONGEST_CONTENT = 6000;
    private static final int LONGEST_CLIENT = 100;
    private static final int LONGEST_TAG = 8000;
    private static final int LONGEST_NODE = 64;
    private static final int MOST_DEVICES = 64;
    private static final int LONGEST_DEVICES = 4000;
    private static final int MOST_ENTRIES = 1000;

    private Rules() {}

    /** Trimmed, 1 to 200 characters, no control characters. */
    static String name(String field, @Nullable String text) {
        return text(field, text, LONGEST_NAME);
    }

    /** Of a project, an experiment or a run: as a name, with up to 500 characters. */
    static String title(String field, @Nullable String text) {
        return text(field, text, LONGEST_TITLE);
    }

    static @Nullable String optionalName(String field, @Nullable String text) {
        return text == null ? null : name(field, text);
    }

    /** A client's name is for people and for telling tools apart: what does not fit is cut, nothing is refused for it. */
    static @Nullable String client(@Nullable String client) {
        if (client == null || client.isBlank()) {
            return null;
        }
        String plain = client.strip().replaceAll("[^\\x20-\\x7e]", "?");
        return plain.substring(0, Math.min(plain.length(), LONGEST_CLIENT));
    }

    private static String text(String field, @Nullable String text, int longest) {
        String trimmed = text == null ? "" : text.strip();
        if (trimmed.isEmpty()) {
            throw new BadInput(field, "Field " + field + " is missing or empty; give 1 to " + longest + " characters.");
        }
        if (trimmed.length() > longest) {
            throw new BadInput(
                    field,
                    "Field " + field + " has " + trimmed.length() + " characters; shorten it to " + longest + ".");
        }
        Inputs.plain(field, trimmed);
        return trimmed;
    }

    /** Not before 2000 and at most 5 minutes ahead of this server's clock. */
    static Instant time(String field, @Nullable Instant at, Instant now) {
        Instant time = at == null ? now : at;
        if (time.isBefore(OLDEST)) {
            throw new BadInput(
                    field,
                    "Field " + field + " is " + time + ", before the year 2000; give the time in UTC," + " such as "
                            + now + ".");
        }
        if (time.isAfter(now.plus(CLOCK_SKEW))) {
            throw new BadInput(
                    field,
                    "Field " + field + " is " + time + ", in the future (it is " + now
                            + " here); set the client's clock or send the time in UTC.");
        }
        return time;
    }

    static void notBefore(String field, Instant at, Instant start) {
        if (at.isBefore(start)) {
            throw new BadInput(
                    field,
                    "Field " + field + " is " + at + ", before the start " + start + "; an end comes after its start.");
        }
    }

    /** A status that ends a run, in any case. */
    static Status ending(@Nullable String status) {
        for (Status each : Status.values()) {
            if (each != Status.RUNNING && status != null && each.name().equals(status.toUpperCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new BadInput("status", "Field status must be FINISHED, FAILED or KILLED.");
    }

    static void entries(String field, Map<String, String> entries) {
        entries(field, entries, LONGEST_CONTENT);
    }

    private static void entries(String field, Map<String, String> entries, int longest) {
        if (entries.size() > MOST_ENTRIES) {
            throw new BadInput(
                    field,
                    "Field " + field + " has " + entries.size() + " entries; send at most " + MOST_ENTRIES + ".");
        }
        entries.forEach((key, content) -> {
            text(field, key, LONGEST_KEY);
            if (content.length() > longest || content.indexOf('\0') >= 0) {
                throw new BadInput(
                        field + "." + key,
                        "Field " + field + "." + key + " must have at most " + longest
                                + " characters and no NUL; shorten it.");
            }
        });
    }

    static void tags(Map<String, String> tags) {
        entries("tags", tags, LONGEST_TAG);
    }

    static void logged(Logged logged) {
        entries("params", logged.params());
        tags(logged.tags());
        String checked = "";
        for (MetricPoint point : logged.metrics()) {
            if (!point.name().equals(checked)) {
                checked = text("metrics", point.name(), LONGEST_KEY);
            }
        }
    }

    static void member(NewMember member) {
        text("node", member.nodeId(), LONGEST_NODE);
        text("boot_id", member.bootId(), LONGEST_NODE);
        if (member.rank() < 0) {
            throw new BadInput("rank", "Field rank is " + member.rank() + "; ranks count from 0.");
        }
        Long pid = member.pid();
        if (pid != null && pid < 1) {
            throw new BadInput("pid", "Field pid is " + pid + "; process ids are 1 or more.");
        }
        if (member.devices().size() > MOST_DEVICES
                || String.join("\n", member.devices()).length() > LONGEST_DEVICES) {
            throw new BadInput(
                    "devices",
                    "Field devices has too many keys; send at most " + MOST_DEVICES
                            + ", or none to claim the whole node.");
        }
        for (int i = 0; i < member.devices().size(); i++) {
            name("devices[" + i + "]", member.devices().get(i));
        }
    }
}
