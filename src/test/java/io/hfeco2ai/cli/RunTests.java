package io.hfeco2ai.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hfeco2ai.cli.CommandLineProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes: what a command notices of being measured, which is nothing. */
class RunTests {

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"exit 0,0", "exit 7,7", "kill -KILL $$,137", "kill -TERM $$,143"})
    void theExitCodeIsTheCommandsOwn(String script, int expected) throws Exception {
        assertThat(CommandLineProcess.run(home, "run", "--", "sh", "-c", script).exitCode())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"no-such-program-at-all,127", "/etc/passwd,126"})
    void aCommandThatCannotStartEndsAsInAShell(String program, int expected) throws Exception {
        Result result = CommandLineProcess.run(home, "run", "--", program);
        assertThat(result.exitCode()).isEqualTo(expected);
        assertThat(result.err()).contains(program).hasLineCount(1);
    }

    @Test
    void inputAndOutputAreTheCommandsAndTheSummaryGoesToTheStandardError() throws Exception {
        Result result =
                CommandLineProcess.start(home, Map.of(), "run", "--", "cat").end("line one\nline two");
        assertThat(result.out()).isEqualTo("line one\nline two");
        assertThat(result.err()).startsWith("hf-eco2ai: ").contains("set --zone");
    }

    @Test
    void argumentsReachTheCommandAsTheyAre() throws Exception {
        Result result = CommandLineProcess.run(
                home, "run", "-q", "--", "printf", "%s|", "@file", "--zone", "a b", "${env:HOME}", "--", "", "'x'");
        assertThat(result.out()).isEqualTo("@file|--zone|a b|${env:HOME}|--||'x'|");
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void aSignalReachesTheCommandOnceAndTheSummaryStillComes(String signal) throws Exception {
        assumeFalse(isIgnored(signal), "started by nohup or in the background, and so is the command");
        Path seen = home.resolve("seen");
        Path ready = home.resolve("ready");
        CommandLineProcess run =
                CommandLineProcess.start(home, Map.of(), "run", "--", "sh", "-c", trap(signal, seen, ready));
        CommandLineProcess.await(ready);
        run.signal(signal);
        Result result = run.end("");
        assertThat(Files.readString(seen)).isEqualTo("got\n");
        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.err()).contains("hf-eco2ai: ");
    }

    @Test
    void controlCAtATerminalReachesTheCommandOnce() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script(1) makes the terminal");
        assumeFalse(isIgnored("INT"), "started in the background, and so is the command");
        Path seen = home.resolve("seen");
        Path ready = home.resolve("ready");
        Path shell = home.resolve("command.sh");
        Files.writeString(shell, trap("INT", seen, ready));
        String line = "exec " + String.join(" ", CommandLineProcess.java()) + " run -- sh " + shell;
        CommandLineProcess run =
                CommandLineProcess.start(home, Map.of(), java.util.List.of("script", "-qec", line, "/dev/null"));
        CommandLineProcess.await(ready);
        run.type("\003");
        CommandLineProcess.await(seen);
        Thread.sleep(1000);
        Result result = run.end("");
        assertThat(Files.readString(seen)).isEqualTo("got\n");
        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.out()).contains("hf-eco2ai: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "sleep 0.05"})
    void aCommandThatEndsAtOnceHasFiguresWithTheirCoverage(String command) throws Exception {
        List<String> args = new ArrayList<>(List.of("run", "--"));
        args.addAll(List.of(command.split(" ")));
        Result result = CommandLineProcess.run(home, args.toArray(new String[0]));
        assertThat(result.err().lines().findFirst().orElseThrow())
                .contains(" of the machine's ")
                .doesNotContain("energy —");
    }

    @Test
    void theSummaryAsJsonTellsWhatIsUnknownByNull() throws IOException, InterruptedException {
        Path json = home.resolve("summary.json");
        CommandLineProcess.run(home, "run", "-q", "--json", json.toString(), "--", "sleep", "1");
        assertThat(Files.readString(json))
                .contains("\"exit_code\":0", "\"emissions_kg_co2e\":null", "\"zone\":null", "\"devices\":[");
    }

    @ParameterizedTest
    @CsvSource({
        "run,Missing required parameter",
        "run --jsn x -- true,Unknown option",
        "run --server nowhere --token x -- true,must look like https",
        "run --server http://localhost -- true,HFECO2AI_TOKEN",
        "run --json /nowhere/x.json -- true,folder that exists",
        "rum,hf-eco2ai run",
        "'calibrate --watts 1,2',four figures"
    })
    void wrongOptionsAreExplainedAndEndWithTwo(String args, String message) throws Exception {
        Result result = CommandLineProcess.run(home, args.split(" "));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains(message).doesNotContain("\tat ");
    }

    /** A child inherits what is ignored, and a shell cannot trap what it inherits as ignored. */
    private static boolean isIgnored(String signal) throws IOException {
        int number = List.of("", "HUP", "INT").indexOf(signal);
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:") && number > 0) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> (number - 1) & 1) == 1;
            }
        }
        return false;
    }

    private static String trap(String signal, Path seen, Path ready) {
        return "trap 'echo got >> " + seen + "' " + signal + "; echo ready > " + ready
                + "; i=0; while [ $i -lt 25 ]; do sleep 0.1; i=$((i+1)); done; exit 5";
    }
}
