package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The organisation's own settings, through the page. */
class OrganisationPageTests extends RunningServer {

    private static final String PAGE = "/settings/organisation";

    @Autowired
    Settings settings;

    @Autowired
    JdbcClient jdbc;

    @AfterEach
    void back() {
        settings.put(Settings.TIME_ZONE, "UTC");
    }

    private long changes() {
        return jdbc.sql("SELECT COUNT(*) FROM audit_event WHERE action = 'setting.changed' AND subject_id = ?")
                .param(Settings.TIME_ZONE)
                .query(Long.class)
                .single();
    }

    @Test
    void theTimeZoneIsCheckedStoredAndAuditedOnce() {
        Browser admin = new Browser(port).signIn("admin", PASSWORD);
        long before = changes();
        assertThat(Browser.location(admin.post(PAGE, PAGE, "zone", "Europe/Berlin")))
                .contains("done");
        admin.post(PAGE, PAGE, "zone", "Europe/Berlin");
        assertThat(settings.get(Settings.TIME_ZONE)).contains("Europe/Berlin");
        assertThat(changes()).isEqualTo(before + 1);
        for (String wrong : new String[] {"Mars/Olympus", "", "EST", "+02:00"}) {
            assertThat(admin.post(PAGE, PAGE, "zone", wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(settings.get(Settings.TIME_ZONE)).contains("Europe/Berlin");
    }
}
