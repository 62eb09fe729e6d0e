package io.hfeco2ai.cli;

import java.util.Locale;

/**
 * Where {@code java -jar hf-eco2ai.jar} begins. These classes stand at the root of the jar, so a command starts without
 * opening one nested jar; without a command the server starts as in any Spring Boot jar.
 */
public final class Main {

    /** In the archive for other nodes (docker/build-agent.sh), which has the commands only. */
    private static final String WITHOUT_SERVER = "/META-INF/hf-eco2ai-without-server";

    private Main() {}

    public static void main(String[] args) throws Exception {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
        if (linux && Cli.isCommand(args) && !Cli.needsServer(args)) {
            System.exit(Cli.run(args));
        }
        if (Main.class.getResource(WITHOUT_SERVER) != null) {
            System.exit(Cli.run(args.length == 0 ? new String[] {"--help"} : args));
        }
        // What needs the nested jars, OSHI elsewhere or a database: Application comes back to Cli from there.
        ServerLauncher.start(args);
    }
}
