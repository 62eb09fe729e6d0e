package io.hfeco2ai.teams;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.RunningServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** A call that comes just while a token is revoked must not keep it alive. */
class RevokedTokenTests extends RunningServer {

    @Autowired
    TeamRepository stored;

    @Autowired
    TokenRepository tokens;

    @Autowired
    TransactionTemplate transaction;

    private Runnable duringRevoke = () -> {};
    private Runnable afterLookUp = () -> {};

    private Teams teams() {
        return new Teams(stored, interrupted(), Clock.systemUTC(), event -> {}, transaction, "default");
    }

    /** The real repository, with something else going on before a revocation is committed, or after a look-up. */
    private TokenRepository interrupted() {
        return (TokenRepository) Proxy.newProxyInstance(
                TokenRepository.class.getClassLoader(),
                new Class<?>[] {TokenRepository.class},
                (proxy, method, arguments) -> {
                    try {
                        if (method.getName().equals("revoke")) {
                            transaction.executeWithoutResult(status -> {
                                tokens.revoke((String) arguments[0], (Instant) arguments[1]);
                                CompletableFuture.runAsync(duringRevoke).join();
                            });
                            return null;
                        }
                        Object answer = method.invoke(tokens, arguments);
                        if (method.getName().startsWith("findByTokenHash")) {
                            afterLookUp.run();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aCallBeforeTheCommitDoesNotKeepIt() {
        Teams teams = teams();
        var token = teams.create(teams.defaultTeam().id(), "revoked while used");
        duringRevoke = () -> assertThat(teams.authenticate(token.secret())).isPresent();
        teams.revoke(token.id());
        assertThat(teams.authenticate(token.secret())).isEmpty();
    }

    @Test
    void aCallThatReadItJustBeforeDoesNotKeepIt() {
        Teams teams = teams();
        var token = teams.create(teams.defaultTeam().id(), "read before");
        afterLookUp = () -> {
            afterLookUp = () -> {};
            teams.revoke(token.id());
        };
        teams.authenticate(token.secret());
        assertThat(teams.authenticate(token.secret())).isEmpty();
    }
}
