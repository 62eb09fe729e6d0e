package io.hfeco2ai.teams;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.NewToken;
import io.hfeco2ai.teams.Teams.TokenWish;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A token opens something until the instant at which it expires, and then says why not. */
@SuppressWarnings("NullAway.Init")
class ExpiringTokenTests extends RunningServer {

    @Autowired
    Teams running;

    @Autowired
    TeamRepository stored;

    @Autowired
    TokenRepository tokens;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    private final List<Object> published = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private Teams teams() {
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        return new Teams(stored, tokens, clock, published::add, transaction, "default");
    }

    @Test
    void itIsGoodToTheMillisecondEvenWhenRemembered() {
        Teams teams = teams();
        NewToken token = teams.create(new TokenWish(teams.defaultTeam().id(), "thirty days", Tokens.READ, 30), null);
        now = now.plus(Duration.ofDays(30)).minusMillis(1);
        assertThat(teams.authenticate(token.secret()))
                .hasValueSatisfying(identity -> assertThat(identity.purpose()).isEqualTo(Tokens.READ));
        assertThat(teams.hasExpired(token.secret())).isFalse();
        now = now.plusMillis(1);
        assertThat(teams.authenticate(token.secret())).isEmpty();
        assertThat(teams.hasExpired(token.secret())).isTrue();
    }

    @Test
    void makingAndRevokingAreToldWithoutNamesOrSecrets() {
        Teams teams = teams();
        NewToken token = teams.create(new TokenWish(teams.defaultTeam().id(), "node seven", Tokens.AGENT, null), null);
        teams.revoke(token.id());
        assertThat(published)
                .extracting(event -> ((Changed) event).action())
                .containsExactly("token.made", "token.revoked");
        assertThat(published.toString())
                .contains(token.id(), "purpose=AGENT")
                .doesNotContain("node seven", token.secret());
    }

    @Test
    void aCallWithAnExpiredTokenIsToldSoByEachProtocol() {
        var token = running.create(running.defaultTeam().id(), "expired");
        jdbc.sql("UPDATE api_token SET expires_at = ? WHERE id = ?")
                .params(Instant.parse("2026-01-01T00:00:00Z").atOffset(ZoneOffset.UTC), token.id())
                .update();
        for (String path : List.of("/api/v1/runs", "/mlflow/api/2.0/mlflow/experiments/search")) {
            HttpResponse<String> answer = send(request(path)
                    .header("Authorization", "Bearer " + token.secret())
                    .GET());
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.body()).as(path).contains("has expired");
        }
        HttpResponse<String> codecarbon = send(request("/codecarbon/runs")
                .header("x-api-token", token.secret())
                .GET());
        assertThat(codecarbon.statusCode()).isEqualTo(401);
        assertThat(codecarbon.body()).contains("has expired");
    }
}
