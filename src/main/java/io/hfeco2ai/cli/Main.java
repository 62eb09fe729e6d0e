package io.hfeco2ai.cli;

import java.util.Locale;

/**
 * Where {@code java -jar hf-eco2ai.jar} begins. These classes stand at the root of the jar, so a command starts without
 * opening one nested jar; without a command the server starts as in any Spring Boot jar.
 */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws Exception {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
        if (linux && Cli.isCommand(args)) {
            System.exit(Cli.run(args));
        }
        // Elsewhere the sensors need OSHI, which is among the nested jars: Application comes back to Cli from there.
        ServerLauncher.start(args);
    }
}
