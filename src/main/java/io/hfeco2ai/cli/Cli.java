package io.hfeco2ai.cli;

public final class Cli {

    private Cli() {}

    public static boolean isCommand(String[] args) {
        return args.length > 0
                && System.getProperty("jarmode") == null
                && (!args[0].startsWith("-") || args[0].equals("--help"));
    }

    public static int run(String[] args) {
        System.out.println("hello");
        return 3;
    }
}
