package io.hfeco2ai.cli.gate;

import io.hfeco2ai.cli.Cli.WrongOption;
import io.hfeco2ai.cli.Json;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** What is asked, as options and as the server's JSON. The server says what is wrong with ids and amounts. */
final class Question {

    enum Per {
        run,
        step,
        sample,
        token
    }

    @Option(names = "--budget", paramLabel = "ID", description = "Only this budget.")
    private @Nullable String budget;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "Only budgets that count this project; with --base, the project of the runs.")
    private @Nullable String project;

    @Option(names = "--forecast", description = "A budget fails too when it will not last (median forecast).")
    private boolean forecast;

    @Option(names = "--run", paramLabel = "ID", description = "A run that must stay within its limit.")
    private @Nullable String run;

    @Option(names = "--limit-kwh", paramLabel = "KWH", description = "What the run may use.")
    private @Nullable Double limitKwh;

    @Option(names = "--limit-kg-co2e", paramLabel = "KG", description = "What the run may emit.")
    private @Nullable Double limitKgCo2e;

    @Option(
            names = "--base",
            paramLabel = "RUNS",
            description = "Runs to compare with: ids with commas between them, or TAG=CONTENT with --project and"
                    + " --experiment; may be repeated.")
    private List<String> base = List.of();

    @Option(names = "--change", paramLabel = "RUNS", description = "The runs of the change, in the same way.")
    private List<String> change = List.of();

    @Option(names = "--experiment", paramLabel = "NAME", description = "The experiment of --base and --change.")
    private @Nullable String experiment;

    @Option(names = "--per", paramLabel = "UNIT", description = "run (default), step, sample or token.")
    private @Nullable Per per;

    @Option(
            names = "--tolerance",
            paramLabel = "SHARE",
            description = "How much more energy may pass: 0.05 or 5%% (default: 5%%).")
    private @Nullable String tolerance;

    /** @throws WrongOption naming the option and the cure */
    String json() {
        boolean compares = !base.isEmpty() || !change.isEmpty();
        if (compares && (base.isEmpty() || change.isEmpty())) {
            throw new WrongOption("--base and --change belong together; give both");
        }
        if (!compares && (per != null || tolerance != null || experiment != null)) {
            throw new WrongOption("--per, --tolerance and --experiment are for a comparison; give --base and --change");
        }
        if ((run == null) != (limitKwh == null && limitKgCo2e == null)) {
            throw new WrongOption("--run needs --limit-kwh or --limit-kg-co2e, and a limit needs --run");
        }
        return Json.object(json -> {
            text(json, "budget", budget);
            text(json, "project", compares ? null : project);
            if (forecast) {
                json.writeBooleanProperty("forecast", true);
            }
            text(json, "run", run);
            number(json, "limit_kwh", limitKwh);
            number(json, "limit_kg_co2e", limitKgCo2e);
            if (compares) {
                runs(json, "base", base);
                runs(json, "change", change);
                text(json, "per", per == null ? null : per.name());
                number(json, "tolerance_ratio", tolerance == null ? null : share(tolerance));
            }
        });
    }

    private void runs(JsonGenerator json, String name, List<String> given) {
        long tags = given.stream().filter(each -> each.contains("=")).count();
        json.writeName(name);
        if (tags == 0) {
            json.writeStartArray();
            given.forEach(each -> {
                for (String id : each.split(",")) {
                    json.writeString(id.strip());
                }
            });
            json.writeEndArray();
            return;
        }
        if (tags < given.size()) {
            throw new WrongOption("--" + name + " has run ids and tags; give one or the other");
        }
        if (project == null || experiment == null) {
            throw new WrongOption("--" + name + " by tag needs --project and --experiment");
        }
        json.writeStartObject();
        json.writeStringProperty("project", project);
        json.writeStringProperty("experiment", experiment);
        json.writeName("tags");
        json.writeStartObject();
        given.forEach(each -> {
            String[] tag = each.split("=", 2);
            json.writeStringProperty(tag[0].strip(), tag[1].strip());
        });
        json.writeEndObject();
        json.writeEndObject();
    }

    private static double share(String text) {
        String number = text.strip();
        boolean percent = number.endsWith("%");
        try {
            double share = Double.parseDouble(percent ? number.substring(0, number.length() - 1) : number);
            share = percent ? share / 100 : share;
            if (share >= 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new WrongOption(
                String.format(Locale.ROOT, "--tolerance %s must be a share from 0 to 1, such as 0.05 or 5%%", text));
    }

    private static void text(JsonGenerator json, String name, @Nullable String text) {
        if (text != null) {
            json.writeStringProperty(name, text);
        }
    }

    private static void number(JsonGenerator json, String name, @Nullable Double number) {
        if (number != null) {
            Json.number(json, name, number);
        }
    }
}
