package io.hfeco2ai.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What picocli knows of {@code run}: its help, and what is wrong with its options. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run a command, measure it, and print its energy and emissions to the standard error.",
            "The command keeps its input, output, signals and exit code."
        })
final class RunCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options = new RunOptions();

    @Override
    public Integer call() {
        return new MeasuredRun(options).run();
    }
}
