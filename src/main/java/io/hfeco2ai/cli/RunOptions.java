package io.hfeco2ai.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The options of {@code run}. Picocli knows them by their annotations and says what is wrong with them; arguments that are
 * right are read here without it, which spares a quarter of a second of processor time at every start.
 */
final class RunOptions {

    @Option(
            names = "--zone",
            paramLabel = "CODE",
            defaultValue = "${env:HFECO2AI_ZONE}",
            description = "Grid zone for the emissions, such as DE or FR (HFECO2AI_ZONE).")
    @Nullable String zone;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the summary as JSON, too.")
    @Nullable Path json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print nothing.")
    boolean quiet;

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:HFECO2AI_SERVER}",
            description = "Report the run to this server (HFECO2AI_SERVER).")
    @Nullable String server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:HFECO2AI_TOKEN}",
            description = "API token of the server; better given as HFECO2AI_TOKEN, which others cannot see.")
    @Nullable String token;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            defaultValue = "${env:HFECO2AI_PROJECT:-default}",
            description = "Project on the server (HFECO2AI_PROJECT; default: default).")
    String project = "default";

    @Option(
            names = "--experiment",
            paramLabel = "NAME",
            defaultValue = "${env:HFECO2AI_EXPERIMENT:-default}",
            description = "Experiment on the server (HFECO2AI_EXPERIMENT; default: default).")
    String experiment = "default";

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the run (default: the program's name).")
    @Nullable String name;

    @Option(
            names = "--stop-on-budget",
            description = "End the command (SIGTERM) when a budget is used up that asks for it.")
    boolean stopOnBudget;

    @Parameters(
            paramLabel = "COMMAND",
            arity = "1..*",
            description = "The command and its arguments; put -- before it.")
    List<String> command = List.of();

    /** @param args with the word run before. Null when picocli must have a look: help, or something is wrong */
    static @Nullable RunOptions quick(String[] args, Map<String, String> environment) {
        RunOptions options = new RunOptions();
        options.zone = environment.get("HFECO2AI_ZONE");
        options.server = environment.get("HFECO2AI_SERVER");
        options.token = environment.get("HFECO2AI_TOKEN");
        options.project = environment.getOrDefault("HFECO2AI_PROJECT", options.project);
        options.experiment = environment.getOrDefault("HFECO2AI_EXPERIMENT", options.experiment);
        int i = 1;
        while (i < args.length && args[i].startsWith("-") && !args[i].equals("--")) {
            String option = args[i++];
            if (option.equals("-q") || option.equals("--quiet")) {
                options.quiet = true;
                continue;
            }
            if (option.equals("--stop-on-budget")) {
                options.stopOnBudget = true;
                continue;
            }
            int equals = option.indexOf('=');
            if (equals < 0 && (i == args.length || args[i].startsWith("-"))) {
                return null;
            }
            String content = equals < 0 ? args[i++] : option.substring(equals + 1);
            if (!options.set(equals < 0 ? option : option.substring(0, equals), content)) {
                return null;
            }
        }
        if (i < args.length && args[i].equals("--")) {
            i++;
        }
        options.command = List.of(args).subList(i, args.length);
        return options.command.isEmpty() ? null : options;
    }

    private boolean set(String option, String content) {
        switch (option) {
            case "--zone" -> zone = content;
            case "--json" -> json = Path.of(content);
            case "--server" -> server = content;
            case "--token" -> token = content;
            case "--project" -> project = content;
            case "--experiment" -> experiment = content;
            case "--name" -> name = content;
            default -> {
                return false;
            }
        }
        return true;
    }
}
