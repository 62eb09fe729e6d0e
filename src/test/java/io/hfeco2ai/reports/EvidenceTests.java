package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.cli.Cli;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.grid.Grid.Operator;
import io.hfeco2ai.grid.Grid.Site;
import io.hfeco2ai.grid.SiteControl;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle as the server writes it, checked by the command and by the script; and what they say of one that was touched. */
class EvidenceTests extends ReportsInTheApplication {

    private static final List<String> CONTENT =
            List.of("report.json", "entries.csv", "factors.csv", "sites.csv", "methods.md");

    @TempDir
    Path folder;

    private record Checked(int exit, String text) {}

    @Test
    void anUntouchedBundleAgreesAndTheKeyIsShownElsewhere() throws Exception {
        Path bundle = write(taken(posted()));
        Checked checked = verify(bundle, "--key", key());
        assertThat(checked.exit()).as(checked.text()).isZero();
        assertThat(checked.text())
                .contains("hashes of entries")
                .contains("links between neighbours")
                .contains("sums of entries priced again")
                .contains("amounts of the report")
                .contains("All agrees.");
        assertThat(verify(bundle).text()).contains("No --key was given");
    }

    @Test
    void theScriptAgreesWithAnUntouchedBundleAndFindsAChangedFigure() throws Exception {
        Assumptions.assumeTrue(python(), "there is no python3 here");
        Map<String, byte[]> files = taken(posted());
        Checked agrees = script(write(files));
        assertThat(agrees.exit()).as(agrees.text()).isZero();
        String report = text(files, "report.json");
        files.put("report.json", bytes(report.replace("\"amount\":2.034567", "\"amount\":2.134567")));
        Checked differs = script(write(files));
        assertThat(differs.exit()).as(differs.text()).isEqualTo(1);
    }

    @Test
    void theLinesOfCategory3AreComputedAgainByTheCommandAndByTheScript() throws Exception {
        factor("DE", HOUR.atZone(ZoneOffset.UTC).getYear(), "upstream", "61.7");
        factor("DE", HOUR.atZone(ZoneOffset.UTC).getYear(), "t-and-d", "18.25");
        Map<String, byte[]> files = taken(posted());
        Checked agrees = verify(write(files), "--key", key());
        assertThat(agrees.exit()).as(agrees.text()).isZero();
        // 0.8 + 1.234567 kWh of Germany at 61.7 g, by hand.
        String line = "\"amount\":0.125533";
        String report = text(files, "report.json");
        assertThat(report).contains(line);
        Map<String, byte[]> touched = new LinkedHashMap<>(files);
        touched.put("report.json", bytes(report.replace(line, line.replace("0.125533", "0.225533"))));
        Map<String, byte[]> signed = signedAnew(touched);
        assertThat(verify(write(signed)).text()).contains("Upstream of the electricity: fuels and plants");
        if (python()) {
            assertThat(script(write(files)).exit()).isZero();
            assertThat(script(write(signed)).text()).contains("Upstream of the electricity");
        }
    }

    @Test
    void whatWasBookedAfterTheReportIsNotInItsBundle() throws Exception {
        String id = posted();
        spent("p", 1, HOUR.minus(Duration.ofHours(1)));
        Checked checked = verify(write(taken(id)), "--key", key());
        assertThat(checked.exit()).as(checked.text()).isZero();
    }

    @Test
    void theBundleOfEveryStandardAgrees() throws Exception {
        posted();
        long end = HOUR.plus(Duration.ofHours(1)).toEpochMilli();
        for (Standard standard : Standard.values()) {
            String id = reports.ask(new ReportRequest(standard, team, null, dayMs(-1), end, Map.of()), admin);
            made(id);
            Checked checked = verify(write(taken(id)), "--key", key());
            assertThat(checked.exit()).as("%s: %s", standard, checked.text()).isZero();
            assertThat(checked.text()).as("%s", standard).contains("hashes of entries");
            if (python()) {
                Checked script = script(write(taken(id)));
                assertThat(script.exit()).as("%s: %s", standard, script.text()).isZero();
            }
        }
    }

    @Test
    void everyAmountIsComputedAgainOrCountedAsNotComputedAgain() throws Exception {
        posted();
        String node = "node-" + UUID.randomUUID();
        Run run = spent("late", 0.5, HOUR, node, Quality.MEASURED);
        untilPosted();
        alsoSpent(run, node);
        Map<Standard, Integer> left = new EnumMap<>(Standard.class);
        for (Standard standard : Standard.values()) {
            Map<String, byte[]> files = taken(ready(standard));
            Checked whole = verify(write(signedAnew(files)));
            assertThat(whole.text()).as("%s", standard).contains("All agrees.");
            List<String> unnoticed = unnoticed(files);
            left.put(standard, unnoticed.size());
            Matcher note = Pattern.compile("Note: (\\d+) amounts").matcher(whole.text());
            assertThat(unnoticed)
                    .as("%s: %s", standard, whole.text())
                    .hasSize(note.find() ? Integer.parseInt(note.group(1)) : 0);
        }
        // Two bounds of uncertainty and the hours of a correction; the hours of five runs; of a model also its training
        // time, and how many runs lie partly outside the period.
        assertThat(left)
                .isEqualTo(Map.of(
                        Standard.GHG_SCOPE2, 3,
                        Standard.ISO_14064, 3,
                        Standard.ESRS_E1, 3,
                        Standard.SCI, 5,
                        Standard.AI_ACT, 7,
                        Standard.MODEL_CARD, 5,
                        Standard.CYCLONEDX, 0));
    }

    @Test
    void retiredCreditsAreAddedUpAgain() throws Exception {
        String serials = "GS1-1-DE-" + UUID.randomUUID();
        for (String tonnes : List.of("1.25", "3")) {
            perform(post("/offsets")
                    .param("kind", "REMOVAL")
                    .param("project", "Basalt on fields")
                    .param("tonnes", tonnes)
                    .param("vintage", "2024")
                    .param("retired", LocalDate.ofInstant(HOUR, ZoneOffset.UTC).toString())
                    .param("registry", "Puro.earth")
                    .param("serials", serials + tonnes)
                    .param("source", "https://registry.example.org/retirements/1"));
        }
        String id =
                reports.ask(new ReportRequest(Standard.GHG_SCOPE2, null, null, dayMs(-1), dayMs(1), Map.of()), admin);
        made(id);
        Map<String, byte[]> files = taken(id);
        jdbc.sql("UPDATE carbon_offset SET standing = NULL, voided_ms = 1, void_reason = 'test'"
                        + " WHERE voided_ms IS NULL")
                .update();
        assertThat(text(files, "report.json")).contains("\"amount\":4250").contains("\"amount\":1250");
        assertThat(verify(write(files)).text()).doesNotContain("retired in the period");
        for (String[] change : new String[][] {{"4250", "4251"}, {"1250", "1251"}}) {
            Map<String, byte[]> changed = new LinkedHashMap<>(files);
            changed.put("report.json", bytes(text(files, "report.json").replace(change[0], change[1])));
            assertThat(verify(write(changed)).text()).contains("figure \"Removals retired in the period\"");
        }
    }

    /** Of the report's amounts, each changed by one in its last digit and signed again, those that nobody missed. */
    private List<String> unnoticed(Map<String, byte[]> files) throws Exception {
        String report = text(files, "report.json");
        List<String> unnoticed = new ArrayList<>();
        Matcher amount = Pattern.compile("\"amount\":(-?[0-9.]+)").matcher(report);
        while (amount.find()) {
            BigDecimal before = new BigDecimal(amount.group(1));
            String after = before.add(before.ulp()).toPlainString();
            Map<String, byte[]> changed = new LinkedHashMap<>(files);
            changed.put(
                    "report.json",
                    bytes(report.substring(0, amount.start(1)) + after + report.substring(amount.end(1))));
            if (verify(write(signedAnew(changed))).exit() == 0) {
                unnoticed.add(report.substring(Math.max(0, amount.start() - 200), amount.end()));
            }
        }
        return unnoticed;
    }

    private String ready(Standard standard) throws InterruptedException {
        long end = HOUR.plus(Duration.ofHours(1)).toEpochMilli();
        Map<String, String> options =
                standard.options().contains(Standard.Option.BILL_KWH) ? Map.of("bill-kwh", "4.5") : Map.of();
        String id = reports.ask(new ReportRequest(standard, team, null, dayMs(-1), end, options), admin);
        made(id);
        return id;
    }

    /** More of the same hour, which was told only after it was posted. */
    private void alsoSpent(Run run, String node) throws InterruptedException {
        long from = HOUR.plusSeconds(660).toEpochMilli();
        IntervalReport late = new IntervalReport(
                "meter",
                DeviceKind.NODE,
                null,
                from,
                from + 600_000,
                720_000_000_000L,
                null,
                Quality.MEASURED,
                "meter",
                null,
                from / 1000,
                null,
                null,
                null);
        assertThat(metering.record(new Batch(node, "boot", null, "client:test/1", false, List.of(late), List.of()))
                        .rejected())
                .isEmpty();
        ledger.settle(run.id());
        assertThat(jdbc.sql("SELECT COUNT(*) FROM entry WHERE run_id = ? AND state = 'ADJUSTMENT'")
                        .param(run.id())
                        .query(Integer.class)
                        .single())
                .isPositive();
    }

    @Test
    void aBundleHasTheScopesOfItsReportWhateverIsChosenForASiteLater() throws Exception {
        String before = posted();
        String site = grid.sites().stream()
                .filter(one -> one.name().equals("cloud, " + team))
                .findFirst()
                .orElseThrow()
                .id();
        grid.chooseControl(site, SiteControl.Control.LEASED, "the lease says so");
        String after = ready();
        grid.chooseControl(site, SiteControl.Control.OPERATIONAL, "we took the building over");
        for (String id : List.of(before, after)) {
            Map<String, byte[]> files = taken(id);
            assertThat(text(files, "entries.csv").contains("SCOPE3_LEASED")).isEqualTo(id.equals(after));
            Checked checked = verify(write(files), "--key", key());
            assertThat(checked.exit()).as(checked.text()).isZero();
        }
    }

    @Test
    void theBundleOfOneRunHasItsEntriesOnly() throws Exception {
        posted();
        String run = spent("alone", 0.25, HOUR).id();
        untilPosted();
        long end = HOUR.plus(Duration.ofHours(1)).toEpochMilli();
        Map<String, String> options = Map.of(Standard.Option.RUN.key(), run, Standard.Option.PER.key(), "run");
        String id = reports.ask(new ReportRequest(Standard.SCI, team, null, dayMs(-1), end, options), admin);
        made(id);
        Map<String, byte[]> files = taken(id);
        assertThat(text(files, "entries.csv").lines().skip(1)).isNotEmpty().allMatch(row -> row.contains(run));
        Checked checked = verify(write(files), "--key", key());
        assertThat(checked.exit()).as(checked.text()).isZero();
    }

    @Test
    void eachKindOfTouchIsFoundWhereItIs() throws Exception {
        Map<String, byte[]> files = taken(posted());
        Map<String, byte[]> changed = new LinkedHashMap<>(files);
        String[] rows = text(files, "entries.csv").split("\n", -1);
        String[] fields = rows[2].split(",", -1);
        fields[18] = Long.toString(Long.parseLong(fields[18]) + 1);
        rows[2] = String.join(",", fields);
        changed.put("entries.csv", bytes(String.join("\n", rows)));
        Checked edited = verify(write(changed), "--key", key());
        assertThat(edited.exit()).isEqualTo(1);
        assertThat(edited.text())
                .contains("entries.csv: the file is not what was signed")
                .contains("entries.csv line 3, entry " + fields[3] + ": its content is not what was posted");
        Checked forged = verify(write(signedAnew(changed)), "--key", key());
        assertThat(forged.exit()).isEqualTo(1);
        assertThat(forged.text()).contains("signed with another key than the one given");
        byte[] whole = Files.readAllBytes(write(files));
        Path cut = folder.resolve("cut.zip");
        Files.write(cut, Arrays.copyOf(whole, whole.length * 2 / 3));
        assertThat(verify(cut).exit()).isEqualTo(2);
        Map<String, byte[]> foreign = new LinkedHashMap<>(files);
        foreign.put("../evil.sh", bytes("x"));
        assertThat(verify(write(foreign)).exit()).isEqualTo(2);
        Files.writeString(cut, "no zip");
        assertThat(verify(cut).exit()).isEqualTo(2);
    }

    @Test
    void aHundredRandomTouchesAreAllFound() throws Exception {
        touches(100, 1);
    }

    @Tag("long")
    @Test
    void aThousandRandomTouchesAreAllFound() throws Exception {
        touches(1000, 2);
    }

    private void touches(int times, long seed) throws Exception {
        Map<String, byte[]> files = taken(posted());
        Random random = new Random(seed);
        for (int time = 0; time < times; time++) {
            Map<String, byte[]> touched = new LinkedHashMap<>(files);
            String name = CONTENT.get(random.nextInt(CONTENT.size()));
            byte[] before = files.getOrDefault(name, new byte[0]);
            byte[] after =
                    random.nextBoolean() || !name.endsWith(".csv") ? edited(before, random) : rows(before, random);
            if (Arrays.equals(before, after)) {
                continue;
            }
            touched.put(name, after);
            int forger = random.nextInt(3);
            if (forger == 1) {
                touched.put("manifest.json", manifest(touched, key()));
            } else if (forger == 2) {
                touched = signedAnew(touched);
            }
            Checked checked = verify(write(touched), "--key", key());
            String what = "touch " + time + " of " + name + " by forger " + forger + ": " + checked.text();
            assertThat(checked.exit()).as(what).isNotZero();
            assertThat(checked.text()).as(what).contains(forger == 0 ? name.substring(0, 6) : "manifest");
        }
        Checked untouched = verify(write(files), "--key", key());
        assertThat(untouched.exit()).as(untouched.text()).isZero();
    }

    private static byte[] edited(byte[] content, Random random) {
        byte[] after = content.clone();
        int at = random.nextInt(after.length);
        if (random.nextBoolean()) {
            for (int tries = 0; tries < after.length && !Character.isDigit(after[at]); tries++) {
                at = (at + 1) % after.length;
            }
            after[at] = (byte) ('0' + (after[at] - '0' + 1 + random.nextInt(9)) % 10);
        } else {
            after[at] ^= (byte) (1 << random.nextInt(7));
        }
        return after;
    }

    /** Deletes, swaps or doubles a row. */
    private static byte[] rows(byte[] content, Random random) {
        List<String> rows = new java.util.ArrayList<>(List.of(new String(content, StandardCharsets.UTF_8).split("\n")));
        int at = 1 + random.nextInt(rows.size() - 1);
        switch (random.nextInt(3)) {
            case 0 -> rows.remove(at);
            case 1 -> java.util.Collections.swap(rows, at, 1 + random.nextInt(rows.size() - 1));
            default -> rows.add(at, rows.get(1 + random.nextInt(rows.size() - 1)));
        }
        return bytes(String.join("\n", rows) + "\n");
    }

    /** A team's report of posted entries of three sites, with PUE, one node that moved, and idle time of nobody. */
    private String posted() throws Exception {
        String node = "node-" + UUID.randomUUID();
        spent("p", 0.8, HOUR.minus(Duration.ofHours(2)), node, Quality.MEASURED);
        spent("p, \"quoted\"", 0.3, HOUR, node, Quality.MODELLED);
        spent("q", 1.234567, HOUR);
        Site cloud = grid.createSite("cloud, " + team, Operator.CLOUD, "FR", new BigDecimal("1.1234"));
        String rented = "node-" + UUID.randomUUID();
        jdbc.sql("INSERT INTO node_site (node_id, from_ms, site_id) VALUES (?, 0, ?)")
                .params(rented, cloud.id())
                .update();
        jdbc.sql("INSERT INTO node_site (node_id, from_ms, site_id) VALUES (?, ?, ?)")
                .params(node, HOUR.toEpochMilli(), cloud.id())
                .update();
        grid.readAnew();
        spent("q", 0.5, HOUR.minus(Duration.ofHours(1)), rented, Quality.MEASURED);
        untilPosted();
        return ready();
    }

    private String ready() throws InterruptedException {
        long end = HOUR.plus(Duration.ofHours(1)).toEpochMilli();
        String id = reports.ask(new ReportRequest(Standard.GHG_SCOPE2, team, null, dayMs(-1), end, Map.of()), admin);
        made(id);
        return id;
    }

    private void untilPosted() throws InterruptedException {
        Instant until = Instant.now().plus(Duration.ofSeconds(60));
        while (jdbc.sql("SELECT COUNT(*) FROM entry e JOIN run r ON r.id = e.run_id WHERE r.team_id = ?"
                                + " AND e.state = 'PROVISIONAL' AND e.hour_ms <= ?")
                        .params(team, HOUR.toEpochMilli())
                        .query(Integer.class)
                        .single()
                > 0) {
            assertThat(Instant.now()).isBefore(until);
            Thread.sleep(100);
        }
    }

    private Map<String, byte[]> taken(String id) throws Exception {
        byte[] zip =
                perform(get("/reports/" + id + "/files/bundle")).getResponse().getContentAsByteArray();
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry file = in.getNextEntry(); file != null; file = in.getNextEntry()) {
                files.put(file.getName(), in.readAllBytes());
            }
        }
        assertThat(text(files, "report.json")).isEqualTo(reports.content(id));
        return files;
    }

    private Path write(Map<String, byte[]> files) throws IOException {
        Path bundle = folder.resolve("bundle.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bundle))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bundle;
    }

    private String key() throws Exception {
        String answer = body(get("/api/v1/evidence-key"), 200);
        return ReportStore.JSON.readTree(answer).get("public_key").asString();
    }

    /** With the hashes and sizes of the files as they are now. */
    private static byte[] manifest(Map<String, byte[]> files, String key) throws Exception {
        Map<String, Object> manifest =
                new LinkedHashMap<>(ReportStore.JSON.readValue(text(files, "manifest.json"), Map.class));
        manifest.put("public_key", key);
        List<Map<String, Object>> listed = new java.util.ArrayList<>();
        for (String name : CONTENT) {
            byte[] content = files.getOrDefault(name, new byte[0]);
            listed.add(Map.of("name", name, "sha256", sha256(content), "bytes", content.length));
        }
        manifest.put("files", listed);
        return ReportStore.JSON.writeValueAsBytes(manifest);
    }

    private static Map<String, byte[]> signedAnew(Map<String, byte[]> files) throws Exception {
        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Map<String, byte[]> forged = new LinkedHashMap<>(files);
        byte[] manifest = manifest(
                forged, Base64.getEncoder().encodeToString(other.getPublic().getEncoded()));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(other.getPrivate());
        signature.update(manifest);
        forged.put("manifest.json", manifest);
        forged.put("manifest.sig", bytes(Base64.getEncoder().encodeToString(signature.sign())));
        return forged;
    }

    private static Checked verify(Path bundle, String... options) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(both);
            System.setErr(both);
            String[] args = new String[options.length + 2];
            args[0] = "verify";
            System.arraycopy(options, 0, args, 1, options.length);
            args[args.length - 1] = bundle.toString();
            int exit = Cli.run(args);
            return new Checked(exit, said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static boolean python() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Checked script(Path bundle) throws Exception {
        Process process = new ProcessBuilder("python3", "docs/verify.py", bundle.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Checked(process.exitValue(), said);
    }

    private static String text(Map<String, byte[]> files, String name) {
        return new String(files.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
