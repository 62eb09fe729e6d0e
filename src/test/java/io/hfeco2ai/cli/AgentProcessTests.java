package io.hfeco2ai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.cli.CommandLineProcess.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of its own: what it says of wrong options, and what it leaves when it is stopped or killed. */
class AgentProcessTests {

    private static final String SECRET = "agent-secret-0123456789";

    @TempDir
    Path home;

    private Result wrong(Map<String, String> environment, String... options) throws Exception {
        String[] args = Stream.concat(Stream.of("agent"), Stream.of(options)).toArray(String[]::new);
        Result result = CommandLineProcess.start(home, environment, args).end("");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).doesNotContain("Exception", "\tat ");
        return result;
    }

    @Test
    void wrongOptionsAreNamedBeforeAnythingStarts() throws Exception {
        Map<String, String> token = Map.of("HFECO2AI_TOKEN", SECRET);
        assertThat(wrong(token).err()).contains("--server", "HFECO2AI_SERVER");
        assertThat(wrong(token, "--server", "nowhere").err()).contains("must look like https://");
        assertThat(wrong(token, "--server", "http://me:pw@host").err()).contains("must not hold a password");
        assertThat(wrong(Map.of(), "--server", "http://127.0.0.1:1").err()).contains("HFECO2AI_TOKEN", "--token-file");
        assertThat(wrong(Map.of(), "--server", "http://127.0.0.1:1", "--token-file", "/no/such/file")
                        .err())
                .contains("--token-file /no/such/file cannot be read");
        assertThat(wrong(Map.of("HFECO2AI_TOKEN", "two words"), "--server", "http://127.0.0.1:1")
                        .err())
                .contains("one word")
                .doesNotContain("two words");
        assertThat(wrong(token, "--server", "http://127.0.0.1:1", "--spool-mb", "0")
                        .err())
                .contains("--spool-mb 0");
    }

    @Test
    void withoutAServerItMeasuresAndKeepsAndTheNextOneFindsIt() throws Exception {
        String nowhere = "http://127.0.0.1:" + freePort();
        Result first = stopped("TERM", nowhere);
        assertThat(first.exitCode()).isEqualTo(143);
        assertThat(first.err())
                .contains("does not answer", "are kept for the next start")
                .doesNotContain(SECRET, "Exception in thread");
        assertThat(home.resolve("state/hf-eco2ai/agent")).isDirectoryContaining("glob:**.seg");
        assertThat(Files.readString(segment())).doesNotContain(SECRET);
        Result killed = stopped("KILL", nowhere);
        assertThat(killed.err()).contains("intervals wait in");
        assertThat(stopped("TERM", nowhere).err()).contains("intervals wait in");
    }

    private Path segment() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("state/hf-eco2ai/agent"))) {
            return files.filter(file -> file.toString().endsWith(".seg"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Result stopped(String signal, String server) throws Exception {
        CommandLineProcess agent =
                CommandLineProcess.start(home, Map.of("HFECO2AI_TOKEN", SECRET, "HFECO2AI_SERVER", server), "agent");
        agent.awaitError("does not answer");
        Thread.sleep(1500);
        agent.signal(signal);
        return agent.end("");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
