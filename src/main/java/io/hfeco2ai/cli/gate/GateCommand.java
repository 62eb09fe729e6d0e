package io.hfeco2ai.cli.gate;

import io.hfeco2ai.cli.ApiClient;
import io.hfeco2ai.cli.ApiClient.Answer;
import io.hfeco2ai.cli.Cli;
import io.hfeco2ai.cli.Cli.WrongOption;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks once and ends. The exit code is the answer. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Ask a server whether budgets hold, a run stays within its limit, or a change needs no more energy.",
            "Without --run and --base it looks at the active budgets of the token's team.",
            "Exit code: 0 pass, 1 fail, 2 wrong options or input, 3 no verdict (inconclusive, no server)."
        })
public final class GateCommand implements Callable<Integer> {

    static final int PASS = 0;
    static final int FAIL = 1;
    static final int WRONG = 2;
    static final int NO_VERDICT = 3;

    /** What to do without a verdict. */
    enum Otherwise {
        pass,
        fail
    }

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:HFECO2AI_SERVER}",
            description = "The server (HFECO2AI_SERVER).")
    private @Nullable String server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:HFECO2AI_TOKEN}",
            description = "API token of the server; better given as HFECO2AI_TOKEN, which others cannot see.")
    private @Nullable String token;

    @Mixin
    private Question question = new Question();

    @Option(names = "--json", description = "Print the server's answer as it is.")
    private boolean json;

    @Option(
            names = "--inconclusive",
            paramLabel = "pass|fail",
            description = "What no verdict counts as: exit code 0 or 1 in place of 3.")
    private @Nullable Otherwise inconclusive;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    @Override
    public Integer call() {
        if (server == null || server.isBlank()) {
            throw new WrongOption("a gate needs a server: give --server or set HFECO2AI_SERVER");
        }
        if (token == null || token.isBlank()) {
            throw new WrongOption("a gate needs an API token: set HFECO2AI_TOKEN (the server's page Tokens makes one)");
        }
        URI address = Cli.serverAddress(server);
        String secret = token.strip();
        String body = question.json();
        try {
            return judged(new ApiClient(address, () -> secret).post("/api/v1/gate", body));
        } catch (IOException e) {
            return noVerdict("the server at " + address + " did not answer: "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return noVerdict("interrupted");
        }
    }

    private int judged(Answer answer) {
        boolean unknown = answer.status() == 404 && answer.body().containsKey("detail");
        if (answer.refused() || answer.notAllowed() || unknown) {
            err.println("hf-eco2ai: the server answered " + answer.reason());
            return WRONG;
        }
        GateAnswer said = answer.ok() ? GateAnswer.of(answer.text()) : null;
        if (said == null) {
            return noVerdict("the server answered " + answer.reason()
                    + (answer.ok() ? ", but no verdict: is this the address of an HF Eco2AI server?" : ""));
        }
        if (json) {
            out.println(answer.text());
        } else {
            said.lines().forEach(out::println);
        }
        return switch (said.verdict()) {
            case "pass" -> PASS;
            case "fail" -> FAIL;
            default -> otherwise();
        };
    }

    private int noVerdict(String why) {
        err.println("hf-eco2ai: no verdict, " + why);
        return otherwise();
    }

    private int otherwise() {
        return inconclusive == null ? NO_VERDICT : inconclusive == Otherwise.pass ? PASS : FAIL;
    }
}
