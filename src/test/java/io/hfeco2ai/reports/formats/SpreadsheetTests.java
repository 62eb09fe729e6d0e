package io.hfeco2ai.reports.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LibreOffice opens the workbook and reads in it what the report says. */
@Tag("browser")
class SpreadsheetTests {

    /** Comma, double quote, UTF-8, from line 1, cells as they are stored, formulas as formulas, every sheet a file of its own. */
    private static final String EVERY_SHEET_AS_CSV =
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true,false,false,-1";

    private static final Path LIBREOFFICE = Path.of("/usr/bin/soffice");

    @TempDir
    Path folder;

    @Test
    void sheetsNumbersAndTextsAreThoseOfTheReport() throws Exception {
        assumeThat(LIBREOFFICE).exists();
        Path workbook = folder.resolve("report.xlsx");
        try (OutputStream out = Files.newOutputStream(workbook)) {
            new XlsxFormat().write(XlsxFormatTests.REPORT, "ab".repeat(32), out);
        }
        String said = convert(workbook);
        List<String> sheets = sheets();
        assertThat(sheets).as(said).hasSize(5);
        assertThat(sheets.get(0))
                .contains("Scope 2 contribution of metered compute")
                .contains("123456789.123456")
                .contains("=SUM(A1:A9)");
        // A text that only looks like a formula would have been calculated, a formula been written out here.
        assertThat(sheets.stream().filter(sheet -> sheet.contains("\"=HYPERLINK(\"\"http://127.0.0.1\"\")\"")))
                .hasSize(4);
        assertThat(sheets.stream().filter(sheet -> sheet.contains("0.000001"))).hasSize(4);
    }

    private String convert(Path workbook) throws IOException, InterruptedException {
        Path said = folder.resolve("said.txt");
        Process process = new ProcessBuilder(
                        LIBREOFFICE.toString(),
                        "-env:UserInstallation=" + folder.resolve("profile").toUri(),
                        "--headless",
                        "--convert-to",
                        EVERY_SHEET_AS_CSV,
                        "--outdir",
                        folder.resolve("sheets").toString(),
                        workbook.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    private List<String> sheets() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder.resolve("sheets"))) {
            files = found.sorted().toList();
        }
        // The first sheet is the report itself; in the order of names it may stand anywhere.
        return files.stream()
                .map(SpreadsheetTests::text)
                .sorted((one, other) -> Boolean.compare(other.contains("E1-6_09"), one.contains("E1-6_09")))
                .toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
