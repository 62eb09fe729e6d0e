package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.people.People.Person;
import io.hfeco2ai.teams.people.People.Role;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Personal data through the pages, on a server with energy in its books. */
class PersonalDataPageTests extends RunningServer {

    private static final String PASSWORD_OF_EVE = "correct horse 7";

    @Autowired
    People people;

    @Autowired
    Invitations invitations;

    @Autowired
    JdbcClient jdbc;

    private Person eve(String username) {
        Person eve = people.add(username, "", username + "@example.org", Role.USER);
        invitations.accept(invitations.invite(eve.id()), PASSWORD_OF_EVE, PASSWORD_OF_EVE);
        return eve;
    }

    private String trainedBy(String name) {
        String id = json(post("/api/v1/runs", """
                {"project":"erasure","experiment":"e","name":"%s tries","node":"erasure-1","boot_id":"b",
                 "started_at":"2026-01-05T10:00:00Z"}""".formatted(name))).get("id").asString();
        post("/api/v1/measurements", """
                {"node":"erasure-1","boot_id":"b","measurements":[{"device":"cpu0","kind":"cpu",
                 "start":"2026-01-05T10:00:00Z","end":"2026-01-05T10:30:00Z","energy_j":400000,"quality":"measured",
                 "source":"rapl"}]}""");
        post("/api/v1/runs/" + id + "/finish", "{\"status\":\"FINISHED\",\"ended_at\":\"2026-01-05T10:30:00Z\"}");
        return id;
    }

    private String entries(String runId) {
        // Posting, which a job does beside, changes no figure.
        return jdbc.sql("SELECT node_id, hour_ms, run_id, energy_uj, facility_uj, location_ug, market_ug, quality,"
                        + " uncertainty_ppm, observed_ms FROM entry WHERE run_id = ? ORDER BY id")
                .param(runId)
                .query()
                .listOfRows()
                .toString();
    }

    @Test
    void anErasedPersonIsSignedOutAndNoFigureChanges() {
        Person eve = eve("eve.adams");
        Browser hers = new Browser(port).signIn("eve.adams", PASSWORD_OF_EVE);
        String run = trainedBy("Eve.Adams");
        assertThat(entries(run)).contains("run_id=" + run);
        String entries = entries(run);
        Browser admin = new Browser(port).signIn("admin", PASSWORD);
        String page = "/settings/people/" + eve.id() + "/erase";
        assertThat(admin.get(page).body())
                .contains("1 texts in run.name", "eve.adams@example.org")
                .doesNotContain("Before that:");

        HttpResponse<String> unsure = admin.post(page, page, "names", "eve.adams", "confirm", "eve");
        assertThat(unsure.statusCode()).isEqualTo(400);
        assertThat(unsure.body()).contains("cannot be taken back");
        assertThat(hers.get("/settings/me").statusCode()).isEqualTo(200);

        HttpResponse<String> done =
                admin.post(page, page, "names", "eve.adams; eve.adams@example.org", "confirm", "eve.adams");
        assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
        assertThat(admin.get(page).body()).contains("This person is erased.").doesNotContain("eve.adams");
        assertThat(hers.get("/settings/me").statusCode()).isEqualTo(302);
        assertThat(entries(run)).isEqualTo(entries);
        assertThat(admin.get("/runs/" + run).body())
                .contains(PersonalData.pseudonym(eve.id()))
                .doesNotContainIgnoringCase("eve.adams");
        assertThat(admin.get("/settings/audit?verify=true").body())
                .contains("The trail is whole.", "user.erased")
                .doesNotContain("eve.adams");
    }

    @Test
    void everybodyTakesTheirOwnDataAndAdminsAnybodys() {
        Person eve = eve("eve.export");
        Browser hers = new Browser(port).signIn("eve.export", PASSWORD_OF_EVE);
        HttpResponse<String> file = hers.get("/settings/me/export");
        assertThat(json(file).at("/rows/app_user/0/email").asString()).isEqualTo("eve.export@example.org");
        assertThat(file.headers().firstValue("Content-Disposition").orElse("")).contains(eve.id());
        String other = people.add("somebody.else", "", "", Role.USER).id();
        assertThat(hers.get("/settings/people/" + other + "/export").statusCode())
                .isEqualTo(403);
        Browser admin = new Browser(port).signIn("admin", PASSWORD);
        assertThat(json(admin.get("/settings/people/" + other + "/export"))
                        .at("/rows/app_user/0/username")
                        .asString())
                .isEqualTo("somebody.else");
        assertThat(admin.get("/settings/people/none/export").statusCode()).isEqualTo(404);
        assertThat(hers.get("/settings/privacy").body()).contains("What leaves this server");
    }
}
