package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.people.People.Person;
import io.hfeco2ai.teams.people.People.Role;
import io.hfeco2ai.testing.RunningServer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.AbstractMockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

/** Persons and teams through their pages and their rules. */
class PeopleTests extends RunningServer {

    @Autowired
    People people;

    @Autowired
    Invitations invitations;

    @Autowired
    Memberships memberships;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    WebApplicationContext context;

    private MockMvc mvc;

    @BeforeEach
    void setUp() {
        mvc = MockMvcBuilders.webAppContextSetup(context)
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
    }

    private MockHttpServletResponse as(String username, AbstractMockHttpServletRequestBuilder<?> request)
            throws Exception {
        return mvc.perform(request.with(user(username)).with(csrf()))
                .andReturn()
                .getResponse();
    }

    private Person person(String username) {
        return people.all().stream()
                .filter(person -> person.username().equals(username))
                .findFirst()
                .orElseThrow();
    }

    private long events(String action, String subjectId) {
        return jdbc.sql("SELECT COUNT(*) FROM audit_event WHERE action = ? AND subject_id = ?")
                .params(action, subjectId)
                .query(Long.class)
                .single();
    }

    @Test
    void anInvitationSetsAPasswordOnce() throws Exception {
        MockHttpServletResponse made = as(
                "admin",
                MockMvcRequestBuilders.post("/settings/people")
                        .param("username", "ada.l")
                        .param("displayName", "Ada <b>"));
        Matcher link = Pattern.compile("/invitations/[A-Za-z0-9_-]{43}").matcher(made.getContentAsString());
        assertThat(link.find()).as(made.getContentAsString()).isTrue();
        assertThat(made.getContentAsString()).contains("Ada &lt;b&gt;");
        assertThat(as("admin", MockMvcRequestBuilders.get("/settings/people")).getContentAsString())
                .doesNotContain(link.group());

        assertThat(mvc.perform(MockMvcRequestBuilders.get(link.group()))
                        .andReturn()
                        .getResponse()
                        .getContentAsString())
                .contains("ada.l");
        var tooShort = MockMvcRequestBuilders.post(link.group())
                .param("password", "short")
                .param("again", "short");
        MockHttpServletResponse refused =
                mvc.perform(tooShort.with(csrf())).andReturn().getResponse();
        assertThat(refused.getStatus()).isEqualTo(400);
        assertThat(refused.getContentAsString()).contains("at least 12 characters");

        var good = MockMvcRequestBuilders.post(link.group())
                .param("password", "correct horse 1")
                .param("again", "correct horse 1");
        assertThat(mvc.perform(good.with(csrf())).andReturn().getResponse().getRedirectedUrl())
                .isEqualTo("/login?joined");
        assertThat(mvc.perform(MockMvcRequestBuilders.get(link.group()))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .isEqualTo(404);
        assertThat(signIn("ada.l", "correct horse 1")).isEqualTo("/");
        String id = person("ada.l").id();
        assertThat(events("user.invited", id)).isEqualTo(1);
        assertThat(events("user.password-set", id)).isEqualTo(1);
        assertThat(events("user.signed-in", id)).isEqualTo(1);
    }

    private String signIn(String username, String password) throws Exception {
        var form = MockMvcRequestBuilders.post("/login")
                .param("username", username)
                .param("password", password);
        return String.valueOf(
                mvc.perform(form.with(csrf())).andReturn().getResponse().getRedirectedUrl());
    }

    @Test
    void anOlderLinkAndADisabledPersonsLinkOpenNothing() {
        Person bob = people.add("bob", "", "", Role.USER);
        String first = invitations.invite(bob.id());
        String second = invitations.invite(bob.id());
        assertThatThrownBy(() -> invitations.invited(first)).isInstanceOf(NotFound.class);
        assertThat(invitations.invited(second).id()).isEqualTo(bob.id());
        people.disable(bob.id());
        people.enable(bob.id());
        assertThatThrownBy(() -> invitations.accept(second, "correct horse 1", "correct horse 1"))
                .isInstanceOf(NotFound.class);
    }

    @Test
    void whoHasNotJoinedOrIsDisabledCannotSignIn() throws Exception {
        Person eve = people.add("eve", "", "", Role.USER);
        assertThat(signIn("eve", "")).isEqualTo("/login?error");
        assertThat(events("user.sign-in-failed", eve.id())).isEqualTo(1);
        invitations.accept(invitations.invite(eve.id()), "correct horse 1", "correct horse 1");
        people.disable(eve.id());
        assertThat(signIn("eve", "correct horse 1")).isEqualTo("/login?error");
        people.enable(eve.id());
        assertThat(signIn("eve", "correct horse 1")).isEqualTo("/");
    }

    @Test
    void theLastAdminStays() throws Exception {
        String admin = person("admin").id();
        people.add("not-joined-admin", "", "", Role.ADMIN);
        assertThatThrownBy(() -> people.disable(admin)).isInstanceOf(Conflict.class);
        MockHttpServletResponse refused = as(
                "admin",
                MockMvcRequestBuilders.post("/settings/people/" + admin + "/role")
                        .param("role", "USER"));
        assertThat(refused.getStatus()).isEqualTo(409);
        assertThat(refused.getContentAsString()).contains("last admin");
        assertThat(person("admin").role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void aFormNamesTheFieldAndKeepsWhatWasTyped() throws Exception {
        MockHttpServletResponse refused = as(
                "admin",
                MockMvcRequestBuilders.post("/settings/people")
                        .param("username", "two words")
                        .param("email", "a@example.org"));
        assertThat(refused.getStatus()).isEqualTo(400);
        assertThat(refused.getContentAsString()).contains("two words", "a@example.org", "2 to 60 letters");
        assertThatThrownBy(() -> people.add("x1", "a\nb", "", Role.USER)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> people.add("ADMIN", "", "", Role.USER)).isInstanceOf(BadInput.class);
    }

    @Test
    void aLeadDecidesWhoIsInTheOwnTeamOnly() throws Exception {
        String own = memberships.make("leads own");
        String other = memberships.make("leads other");
        Person lead = people.add("lead1", "", "", Role.USER);
        Person guest = people.add("guest1", "", "", Role.USER);
        memberships.put(own, lead.id(), TeamRole.LEAD);
        String members = "/settings/teams/" + own + "/members";
        assertThat(as(
                                "lead1",
                                MockMvcRequestBuilders.post(members)
                                        .param("user", guest.id())
                                        .param("role", "VIEWER"))
                        .getStatus())
                .isEqualTo(302);
        assertThat(memberships.members(own)).hasSize(2);
        assertThat(as("guest1", MockMvcRequestBuilders.get("/settings/teams/" + own))
                        .getStatus())
                .isEqualTo(403);
        assertThat(as("lead1", MockMvcRequestBuilders.get("/settings/teams/" + other))
                        .getStatus())
                .isEqualTo(404);
        assertThat(as("lead1", MockMvcRequestBuilders.post("/settings/teams").param("name", "mine"))
                        .getStatus())
                .isEqualTo(403);
        assertThat(as("lead1", MockMvcRequestBuilders.get("/settings/people")).getStatus())
                .isEqualTo(403);
        assertThat(as("lead1", MockMvcRequestBuilders.get("/settings/teams")).getContentAsString())
                .contains("leads own")
                .doesNotContain("leads other");
        assertThat(events("team.member-changed", own)).isEqualTo(2);
    }

    @Test
    void onlyAnEmptyTeamIsDeleted() throws Exception {
        String team = memberships.make("to delete");
        Person member = people.add("member1", "", "", Role.USER);
        memberships.put(team, member.id(), TeamRole.MEMBER);
        MockHttpServletResponse refused =
                as("admin", MockMvcRequestBuilders.post("/settings/teams/" + team + "/delete"));
        assertThat(refused.getStatus()).isEqualTo(409);
        assertThat(refused.getContentAsString()).contains("not empty");
        memberships.remove(team, member.id());
        as("admin", MockMvcRequestBuilders.post("/settings/teams/" + team + "/delete"));
        assertThat(as("admin", MockMvcRequestBuilders.get("/settings/teams/" + team))
                        .getStatus())
                .isEqualTo(404);
        assertThatThrownBy(() -> memberships.make("DEFAULT")).isInstanceOf(BadInput.class);
    }

    @Test
    void theTrailIsForAuditorsAndNamesNobodyItself() throws Exception {
        people.add("auditor1", "Olga Auditor", "", Role.AUDITOR);
        people.add("nosy1", "", "", Role.USER);
        MockHttpServletResponse trail = as("auditor1", MockMvcRequestBuilders.get("/settings/audit?verify=true"));
        assertThat(trail.getStatus()).isEqualTo(200);
        assertThat(trail.getContentAsString()).contains("user.added", "Olga Auditor", "The trail is whole");
        assertThat(as("nosy1", MockMvcRequestBuilders.get("/settings/audit")).getStatus())
                .isEqualTo(403);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM audit_event WHERE details LIKE '%Olga%'")
                        .query(Long.class)
                        .single())
                .isZero();
    }
}
