package io.hfeco2ai.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hfeco2ai.audit.StampAuthority.Mood;
import io.hfeco2ai.audit.Stamps.Stamp;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The end of the trail is stamped by an authority over HTTP, and the trail that was changed later does not fit the stamp. */
@TestPropertySource(
        properties =
                "spring.datasource.url=jdbc:h2:mem:stamps;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1")
class StampsTests extends RunningServer {

    private static final StampAuthority AUTHORITY = authority();

    @Autowired
    Stamps stamps;

    @Autowired
    Audit audit;

    @Autowired
    Settings settings;

    @Autowired
    JdbcTemplate jdbc;

    @DynamicPropertySource
    static void url(DynamicPropertyRegistry registry) {
        registry.add("hfeco2ai.audit.timestamp-url", AUTHORITY::url);
    }

    private static StampAuthority authority() {
        try {
            return new StampAuthority();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void close() {
        AUTHORITY.close();
    }

    @BeforeEach
    void dueAgain() {
        AUTHORITY.mood = Mood.STAMPS;
        AUTHORITY.asked = 0;
        jdbc.update("DELETE FROM audit_stamp");
        settings.remember(Stamps.STAMPED, "2026-01-01");
        settings.put("test.trail", "grows " + System.nanoTime());
    }

    private Stamp stamped() {
        stamps.stampWhatIsDue();
        return stamps.newest(1).get(0);
    }

    @Test
    void eachDayOneStampIsOfTheTrailsEnd() {
        String end = audit.checkpoint().stored();
        Stamp stamp = stamped();
        stamps.stampWhatIsDue();
        assertThat(AUTHORITY.asked).isEqualTo(1);
        assertThat(stamp.checkpoint()).isEqualTo(end);
        assertThat(stamp.authority()).isEqualTo("CN=Stamps of the test");
        assertThat(stamp.at()).isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
        settings.put("test.trail", "grows after it");
        assertThat(stamps.unfit()).isEmpty();

        Browser admin = new Browser(port).signIn("admin", PASSWORD);
        assertThat(admin.get("/settings/audit").body())
                .contains("last on " + stamp.stampedOn() + " (UTC) by CN=Stamps of the test")
                .contains(end);
        assertThat(admin.get("/settings/audit?verify=true").body())
                .contains("The trail is whole.")
                .doesNotContain("does not fit its time stamps");
        assertThat(admin.get("/settings/audit/stamps/" + stamp.stampedOn())
                        .headers()
                        .firstValue("Content-Type"))
                .contains("application/timestamp-reply");
        assertThat(admin.get("/settings/audit/stamps/2020-01-01").statusCode()).isEqualTo(404);
        assertThat(admin.get("/settings/audit/stamps/..").statusCode()).isIn(400, 404);
    }

    @Test
    void aTrailWrittenAnewOrAChangedStampDoesNotFit() {
        Stamp stamp = stamped();
        byte[] response = stamps.response(stamp.stampedOn()).orElseThrow();
        String other = stamp.checkpoint().replace('a', 'b').replaceFirst(".$", "0");
        jdbc.update("UPDATE audit_stamp SET checkpoint = ?", other);
        assertThat(stamps.unfit()).as("another checkpoint").containsExactly(stamp.stampedOn());
        jdbc.update("UPDATE audit_stamp SET checkpoint = ?, at_ms = at_ms - 86400000", stamp.checkpoint());
        assertThat(stamps.unfit()).as("an earlier time").containsExactly(stamp.stampedOn());
        jdbc.update("UPDATE audit_stamp SET at_ms = ?", stamp.atMs());
        assertThat(stamps.unfit()).isEmpty();

        long no = Long.parseLong(stamp.checkpoint().split(" ")[0]);
        String hash = stamp.checkpoint().split(" ")[1];
        jdbc.update("UPDATE audit_event SET hash = ? WHERE no = ?", "0".repeat(64), no);
        assertThat(stamps.unfit()).as("a trail with other hashes").containsExactly(stamp.stampedOn());
        assertThat(new Browser(port)
                        .signIn("admin", PASSWORD)
                        .get("/settings/audit?verify=true")
                        .body())
                .contains("does not fit its time stamps")
                .contains("Stamps of " + stamp.stampedOn());
        jdbc.update("UPDATE audit_event SET hash = ? WHERE no = ?", hash, no);
        assertThat(stamps.unfit()).isEmpty();

        Random random = new Random(7);
        int found = 0;
        for (int i = 0; i < 200; i++) {
            byte[] changed = response.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            jdbc.update("UPDATE audit_stamp SET response = ?", (Object) changed);
            found += stamps.unfit().size();
        }
        assertThat(found).as("changed bits that were found, of 200").isGreaterThan(190);
    }

    @Test
    void whatIsNoStampIsNotKeptAndAskedForAgain() {
        for (Mood mood : List.of(Mood.FAILS, Mood.REFUSES)) {
            AUTHORITY.mood = mood;
            stamps.stampWhatIsDue();
            assertThat(stamps.newest(1)).as(mood.name()).isEmpty();
        }
        AUTHORITY.mood = Mood.STAMPS;
        stamped();
        jdbc.update("DELETE FROM audit_stamp");
        settings.remember(Stamps.STAMPED, "2026-01-01");
        AUTHORITY.mood = Mood.OLD_ANSWER;
        stamps.stampWhatIsDue();
        assertThat(stamps.newest(1)).as("the nonce is another").isEmpty();
        AUTHORITY.mood = Mood.STAMPS;
        assertThat(stamped().checkpoint()).isEqualTo(audit.checkpoint().stored());
    }

    @Test
    void opensslFindsTheStampGood(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Stamp stamp = stamped();
        Files.write(
                folder.resolve("stamp.tsr"), stamps.response(stamp.stampedOn()).orElseThrow());
        Files.writeString(folder.resolve("line.txt"), stamp.checkpoint());
        Files.writeString(folder.resolve("authority.pem"), AUTHORITY.pem());
        assertThat(openssl(folder)).contains("Verification: OK");
        Files.writeString(folder.resolve("line.txt"), stamp.checkpoint() + "\n");
        assertThat(openssl(folder)).contains("Verification: FAILED");
    }

    private static String openssl(Path folder) throws Exception {
        Process process = new ProcessBuilder(
                        "openssl", "ts", "-verify", "-data", "line.txt", "-in", "stamp.tsr", "-CAfile", "authority.pem")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void anAddressThatIsNoneIsToldAtTheStart() {
        assertThatThrownBy(() -> Stamps.address("freetsa"))
                .hasMessageContaining("hfeco2ai.audit.timestamp-url is no http address")
                .hasMessageContaining("freetsa");
    }
}
