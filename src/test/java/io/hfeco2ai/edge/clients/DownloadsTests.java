package io.hfeco2ai.edge.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.RunningServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python package as a stranger fetches it, and whether it is a wheel that pip takes. */
class DownloadsTests extends RunningServer {

    private static final Pattern WHEEL = Pattern.compile("hf_eco2ai-([0-9a-z.]+)-py3-none-any\\.whl");

    @Test
    void aStrangerSeesTheInstallLineAndNoSignIn() {
        HttpResponse<String> page = send(request("/clients/").GET());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("pip install http://127.0.0.1:" + port + "/clients/hf_eco2ai-", "HFECO2AI_SERVER=http://");
        assertThat(send(request("/clients").GET()).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNotThereIsNotFoundAndPathsAreNoNames() {
        assertThat(send(request("/clients/other.whl").GET()).statusCode()).isEqualTo(404);
        assertThat(send(request("/clients/..%2Fapplication.properties").GET()).statusCode())
                .isBetween(400, 404);
    }

    @Test
    void theWheelHoldsThePackageAndItsRecordIsRight() throws Exception {
        Map<String, byte[]> entries = wheel();
        String info = "hf_eco2ai-" + version() + ".dist-info/";
        assertThat(entries)
                .containsKeys("hf_eco2ai/__init__.py", "hf_eco2ai/data/tdp.csv", info + "METADATA", info + "WHEEL");
        assertThat(text(entries, info + "METADATA"))
                .startsWith("Metadata-Version: 2.1\nName: hf_eco2ai\nVersion: " + version() + "\n")
                .contains("\nRequires-Python: >=3.9\n");
        assertThat(text(entries, info + "WHEEL")).contains("Wheel-Version: 1.0", "Tag: py3-none-any");
        Map<String, String> recorded = new LinkedHashMap<>();
        text(entries, info + "RECORD").lines().forEach(line -> {
            String[] cells = line.split(",", -1);
            recorded.put(cells[0], cells[1] + "," + cells[2]);
        });
        assertThat(recorded.keySet()).isEqualTo(entries.keySet());
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            if (!entry.getKey().endsWith("/RECORD")) {
                assertThat(recorded.get(entry.getKey()))
                        .as(entry.getKey())
                        .isEqualTo("sha256=" + hash(entry.getValue()) + "," + entry.getValue().length);
            }
        }
    }

    @Test
    void theSameSourcesGiveTheSameBytes(@TempDir Path folder) throws Exception {
        byte[] served = fetch("/clients/" + name());
        Process again = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "src/build/MakeWheel.java",
                        ".",
                        version().replace(".dev0", "-SNAPSHOT"),
                        folder.toString())
                .inheritIO()
                .start();
        assertThat(again.waitFor()).isZero();
        assertThat(Files.readAllBytes(folder.resolve(name()))).isEqualTo(served);
    }

    private Map<String, byte[]> wheel() throws IOException, InterruptedException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(fetch("/clients/" + name())))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    private byte[] fetch(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private Matcher matcher() {
        Matcher found = WHEEL.matcher(send(request("/clients/").GET()).body());
        assertThat(found.find()).isTrue();
        return found;
    }

    private String name() {
        return matcher().group();
    }

    private String version() {
        return matcher().group(1);
    }

    private static String text(Map<String, byte[]> entries, String name) {
        return new String(entries.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
    }

    private static String hash(byte[] content) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }
}
