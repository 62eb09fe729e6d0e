package io.hfeco2ai.cli;

import io.hfeco2ai.cli.agent.AgentCommand;
import io.hfeco2ai.cli.gate.GateCommand;
import io.hfeco2ai.cli.verify.VerifyCommand;
import java.net.URI;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** The command line: which words are commands, and running one of them. */
public final class Cli {

    private static final String MIGRATE = "migrate";
    private static final Set<String> OPTIONS = Set.of("-h", "--help", "-V", "--version");

    private Cli() {}

    /** Whether these arguments ask for a command; anything else (none, {@code --server.port=…}) is for the server. */
    public static boolean isCommand(String[] args) {
        return args.length > 0
                && System.getProperty("jarmode") == null
                && (OPTIONS.contains(args[0]) || !args[0].startsWith("-"));
    }

    /** Whether the command works on the server's own database, and so with the libraries beside the server. */
    public static boolean needsServer(String[] args) {
        return args.length > 0 && args[0].equals(MIGRATE);
    }

    /**
     * @param more commands from beside the server
     * @return the exit code: the measured command's own, 0, 1 for a failure, 2 for wrong options, 3 for no verdict
     */
    public static int run(String[] args, Object... more) {
        try {
            RunOptions options = args[0].equals("run") ? RunOptions.quick(args, System.getenv()) : null;
            return options == null ? parsed(args, more) : new MeasuredRun(options).run();
        } catch (WrongOption e) {
            return wrong(e);
        }
    }

    private static int parsed(String[] args, Object... more) {
        CommandLine root = new CommandLine(new Root());
        for (Object command : more) {
            CommandLine line = new CommandLine(command);
            root.getCommandSpec().removeSubcommand(line.getCommandName());
            root.addSubcommand(line);
        }
        return root
                // A measured command may have arguments that start with @: they are not ours to read as files.
                .setExpandAtFiles(false)
                .setStopAtPositional(true)
                .setExecutionExceptionHandler((e, command, result) -> failed(e))
                .execute(args);
    }

    private static int failed(Exception e) {
        if (e instanceof WrongOption wrong) {
            return wrong(wrong);
        }
        System.err.println("hf-eco2ai: " + (e.getMessage() == null ? e : e.getMessage()));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int wrong(WrongOption e) {
        System.err.println("hf-eco2ai: " + e.getMessage());
        return CommandLine.ExitCode.USAGE;
    }

    @Command(
            name = "hf-eco2ai",
            synopsisSubcommandLabel = "[run | agent | gate | verify | sensors | calibrate | migrate]",
            description = "Energy and carbon of machine-learning runs. Without a command the jar starts the server.",
            subcommands = {
                RunCommand.class,
                AgentCommand.class,
                GateCommand.class,
                VerifyCommand.class,
                SensorsCommand.class,
                CalibrateCommand.class,
                MigrateName.class
            },
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    private static final class Root {}

    /** Its name in the help; the command itself stands beside the server. */
    @Command(name = MIGRATE, description = "Move the data of a server from H2 to PostgreSQL.")
    private static final class MigrateName implements Callable<Integer> {

        @Override
        public Integer call() {
            throw new WrongOption("this archive has the commands only: use the server's jar to migrate");
        }
    }

    private static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"hf-eco2ai " + version()};
        }
    }

    /** As in the jar; {@code development} when run from class files. */
    public static String version() {
        return Objects.requireNonNullElse(Cli.class.getPackage().getImplementationVersion(), "development");
    }

    /** What picocli knows of {@code run}: its help, and what is wrong with its options. */
    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Run a command, measure it, and print its energy and emissions to the standard error.",
                "The command keeps its input, output, signals and exit code."
            })
    private static final class RunCommand implements Callable<Integer> {

        @Mixin
        private RunOptions options = new RunOptions();

        @Override
        public Integer call() {
            return new MeasuredRun(options).run();
        }
    }

    /** @throws WrongOption when it is no http address, or holds a password */
    public static URI serverAddress(String server) {
        URI address;
        try {
            address = URI.create(server.strip());
        } catch (IllegalArgumentException e) {
            throw new WrongOption("--server " + server + " is not an address: " + e.getMessage());
        }
        String scheme = address.getScheme();
        if (address.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new WrongOption("--server " + server + " must look like https://hf-eco2ai.example.org");
        }
        if (address.getUserInfo() != null) {
            throw new WrongOption("--server must not hold a password: give the token as HFECO2AI_TOKEN");
        }
        return address;
    }

    /** An option has a content that cannot be right; the message says what and the cure. */
    public static final class WrongOption extends RuntimeException {

        public WrongOption(String message) {
            super(message);
        }
    }
}
