package io.hfeco2ai.teams.people;

import static java.util.Objects.requireNonNull;

import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.rows.Records;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Which person an account at an OpenID Connect provider is: by issuer and subject, which never change. At the first time by
 * the e-mail address that an admin gave the person, where the provider has verified it; nobody joins unasked.
 */
@Component
class LinkedAccounts implements OAuth2UserService<OidcUserRequest, OidcUser> {

    private record Linked(String id, String username, String role, boolean disabled) {}

    /** Acts under the person's user name, as after signing in with a password. */
    private static final class Visitor extends DefaultOidcUser {

        private static final long serialVersionUID = 1L;

        private final String username;

        Visitor(OidcUser user, Linked person) {
            super(List.of(new SimpleGrantedAuthority("ROLE_" + person.role())), user.getIdToken(), user.getUserInfo());
            this.username = person.username();
        }

        @Override
        public String getName() {
            return username;
        }
    }

    private static final String PERSON =
            "SELECT id, username, role, disabled_at IS NOT NULL AS disabled FROM app_user WHERE ";

    private final OidcUserService provider = new OidcUserService();
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    LinkedAccounts(JdbcClient jdbc, TransactionTemplate transaction, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.events = events;
    }

    /** @throws OAuth2AuthenticationException with the code unknown, disabled or issuer, or one of the protocol's */
    @Override
    public OidcUser loadUser(OidcUserRequest request) {
        String issuer = request.getClientRegistration().getProviderDetails().getIssuerUri();
        if (issuer == null || !issuer.equals(request.getIdToken().getClaimAsString("iss"))) {
            // Keys that sign for many issuers would let a stranger's organisation name our e-mail addresses.
            throw refused("issuer");
        }
        OidcUser user = provider.loadUser(request);
        String subject = requireNonNull(user.getSubject(), "the token was checked");
        Linked person = linked(issuer, subject)
                .or(() -> requireNonNull(transaction.execute(status -> join(issuer, subject, user))))
                .orElseThrow(() -> refused("unknown"));
        if (person.disabled()) {
            throw refused("disabled");
        }
        return new Visitor(user, person);
    }

    private Optional<Linked> linked(String issuer, String subject) {
        return jdbc.sql(PERSON + "issuer = ? AND subject = ?")
                .params(issuer, subject)
                .query(Records.of(Linked.class))
                .optional();
    }

    /** Empty: no person has that address, or more than one, or it is not verified. */
    private Optional<Linked> join(String issuer, String subject, OidcUser user) {
        String email = user.getEmail();
        if (email == null || email.isBlank() || !Boolean.TRUE.equals(user.getEmailVerified())) {
            return Optional.empty();
        }
        List<Linked> invited = jdbc.sql(PERSON + "LOWER(email) = LOWER(?) AND subject IS NULL")
                .param(email.strip())
                .query(Records.of(Linked.class))
                .list();
        if (invited.size() != 1) {
            return Optional.empty();
        }
        Linked person = invited.get(0);
        if (person.disabled()) {
            return Optional.of(person);
        }
        int joined = jdbc.sql("UPDATE app_user SET issuer = ?, subject = ? WHERE id = ? AND subject IS NULL")
                .params(issuer, subject, person.id())
                .update();
        if (joined == 0) {
            return Optional.empty();
        }
        jdbc.sql("DELETE FROM invitation WHERE user_id = ? AND used_at IS NULL")
                .param(person.id())
                .update();
        events.publishEvent(new Changed("user.linked", "user", person.id(), null, Map.of("issuer", issuer)));
        return Optional.of(person);
    }

    private static OAuth2AuthenticationException refused(String code) {
        return new OAuth2AuthenticationException(new OAuth2Error(code));
    }
}
