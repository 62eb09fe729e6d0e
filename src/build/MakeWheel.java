import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Zips the Python package into a wheel (PyPA binary distribution format 1.0) without Python: {@code java MakeWheel.java
 * PROJECT VERSION FOLDER}. The same sources give the same bytes: names in order, one fixed time.
 */
class MakeWheel {

    private static final String PACKAGE = "hf_eco2ai";
    private static final String[] TABLES = {
        "sensor/tdp.csv", "sensor/load-model.properties", "grid/factors.csv", "grid/factors-odbl.csv"
    };
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    public static void main(String[] arguments) throws Exception {
        Path project = Path.of(arguments[0]);
        String version = pythonVersion(arguments[1]);
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, PACKAGE + "-*.whl")) {
            for (Path wheel : old) {
                Files.delete(wheel);
            }
        }
        Path wheel = folder.resolve(PACKAGE + "-" + version + "-py3-none-any.whl");
        try (OutputStream out = Files.newOutputStream(wheel)) {
            write(out, entries(project, version), PACKAGE + "-" + version + ".dist-info/RECORD");
        }
    }

    /** PEP 440 knows no SNAPSHOT: 0.2.0-SNAPSHOT is the development of 0.2.0. */
    private static String pythonVersion(String version) {
        return version.replace("-SNAPSHOT", ".dev0");
    }

    private static Map<String, byte[]> entries(Path project, String version) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        Path source = project.resolve("src/main/python");
        try (Stream<Path> files = Files.walk(source.resolve(PACKAGE))) {
            for (Path file : (Iterable<Path>) files.filter(MakeWheel::isSource)::iterator) {
                entries.put(source.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        // One table of figures for Java and Python, so that they cannot drift apart.
        for (String table : TABLES) {
            Path file = project.resolve("src/main/resources").resolve(table);
            entries.put(PACKAGE + "/data/" + file.getFileName(), Files.readAllBytes(file));
        }
        String info = PACKAGE + "-" + version + ".dist-info/";
        String metadata = Files.readString(source.resolve("METADATA")).replace("${version}", version);
        entries.put(info + "METADATA", metadata.getBytes(StandardCharsets.UTF_8));
        entries.put(info + "WHEEL", """
                Wheel-Version: 1.0
                Generator: hf-eco2ai
                Root-Is-Purelib: true
                Tag: py3-none-any
                """.getBytes(StandardCharsets.UTF_8));
        entries.put(info + "licenses/LICENSE", Files.readAllBytes(project.resolve("LICENSE")));
        return entries;
    }

    private static boolean isSource(Path file) {
        String name = file.toString();
        return Files.isRegularFile(file) && (name.endsWith(".py") || name.endsWith("py.typed"));
    }

    private static void write(OutputStream out, Map<String, byte[]> entries, String recordName) throws Exception {
        StringBuilder record = new StringBuilder();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                byte[] content = entry.getValue();
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
                String text = Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
                record.append(entry.getKey()).append(",sha256=").append(text).append(',').append(content.length).append('\n');
                add(zip, entry.getKey(), content);
            }
            record.append(recordName).append(",,\n");
            add(zip, recordName, record.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        new ByteArrayInputStream(content).transferTo(zip);
        zip.closeEntry();
    }
}
