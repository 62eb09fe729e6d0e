package io.hfeco2ai.teams;

import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.teams.Teams.TokenWish;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/** Makes the default team, the admin and the given token before the first request is taken. */
@Component
class FirstStart implements SmartInitializingSingleton {

    static final String ADMIN = "admin";

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
    private static final int RANDOM_PASSWORD_BYTES = 15;

    private final Teams teams;
    private final UserRepository users;
    private final PasswordEncoder encoder;
    private final Clock clock;
    private final BootstrapProperties given;
    private final String port;

    FirstStart(
            Teams teams,
            UserRepository users,
            PasswordEncoder encoder,
            Clock clock,
            BootstrapProperties given,
            @Value("${server.port:8080}") String port) {
        this.teams = teams;
        this.users = users;
        this.encoder = encoder;
        this.clock = clock;
        this.given = given;
        this.port = port;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Team team = teams.defaultTeam();
        String token = given.apiToken();
        if (token != null && !teams.knows(token)) {
            teams.register(new TokenWish(team.id(), "bootstrap", Tokens.CLIENT, null), null, token);
        }
        if (users.findByUsername(ADMIN).isEmpty()) {
            makeAdmin();
        }
    }

    private void makeAdmin() {
        String chosen = given.adminPassword();
        String password = chosen == null ? randomPassword() : chosen;
        users.save(new UserEntity(Ids.next(), ADMIN, encoder.encode(password), "ADMIN", clock.instant()));
        if (chosen == null) {
            LOG.warn("""

                    ==================================================================
                      First start: sign in at http://localhost:{}
                        user      {}
                        password  {}
                      This password is shown only now. To choose one yourself, set
                      HFECO2AI_BOOTSTRAP_ADMIN_PASSWORD before the first start.
                    ==================================================================
                    """, port, ADMIN, password);
        }
    }

    private static String randomPassword() {
        byte[] bytes = new byte[RANDOM_PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
