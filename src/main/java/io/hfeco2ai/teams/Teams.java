package io.hfeco2ai.teams;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The door to teams and the API tokens that act for them. */
@Service
public class Teams {

    private static final Logger LOG = LoggerFactory.getLogger(Teams.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PREFIX = "eco2ai_";
    private static final int SECRET_BYTES = 32;
    private static final int LONGEST_NAME = 100;

    private final TeamRepository teams;
    private final TokenRepository tokens;
    private final Clock clock;
    private final TokenCache cache;
    private final String defaultName;

    Teams(
            TeamRepository teams,
            TokenRepository tokens,
            Clock clock,
            @Value("${hfeco2ai.bootstrap.team:default}") String defaultName) {
        this.teams = teams;
        this.tokens = tokens;
        this.clock = clock;
        this.cache = new TokenCache(clock);
        this.defaultName = defaultName;
    }

    /** Whose token it is; empty when nobody's or revoked. */
    public Optional<TokenIdentity> authenticate(String bearer) {
        String hash = hash(bearer);
        Optional<TokenIdentity> known = cache.get(hash);
        Optional<TokenIdentity> identity = known.isPresent() ? known : stored(hash);
        identity.map(TokenIdentity::tokenId).filter(cache::useIsNews).ifPresent(this::noteUse);
        return identity;
    }

    private Optional<TokenIdentity> stored(String hash) {
        long revocations = cache.revocations();
        Optional<TokenIdentity> found = tokens.findByTokenHashAndRevokedAtIsNull(hash)
                .flatMap(token -> team(token.teamId())
                        .map(team -> new TokenIdentity(token.id(), team.id(), team.name(), token.purpose())));
        found.ifPresent(identity -> cache.put(hash, identity, revocations));
        return found;
    }

    /** When a token was last used is good to know, not worth failing a call for. */
    private void noteUse(String tokenId) {
        try {
            tokens.used(tokenId, clock.instant());
        } catch (DataAccessException e) {
            LOG.debug("The last use of token {} could not be stored", tokenId, e);
        }
    }

    public List<Team> teams() {
        return teams.findAllByOrderByName().stream().map(TeamEntity::team).toList();
    }

    public Optional<Team> team(String id) {
        return teams.findById(id).map(TeamEntity::team);
    }

    /** The team named by hfeco2ai.bootstrap.team, made on first use. */
    @Transactional
    public Team defaultTeam() {
        return teams.findByName(defaultName)
                .orElseGet(() -> teams.save(new TeamEntity(Ids.next(), defaultName, clock.instant())))
                .team();
    }

    /** The team's tokens, the newest first, revoked ones too. */
    public List<Token> tokens(String teamId) {
        return tokens.findByTeamIdOrderByCreatedAtDesc(teamId).stream()
                .map(TokenEntity::token)
                .toList();
    }

    /** Makes a token of 256 random bits. Its secret is in the answer and nowhere else. */
    @Transactional
    public NewToken create(String teamId, String name) {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return register(
                teamId, name, PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** Makes a token of a secret that was chosen outside, by whoever starts the server. */
    NewToken register(String teamId, String name, String secret) {
        String trimmed = name.strip();
        if (trimmed.isEmpty()
                || trimmed.length() > LONGEST_NAME
                || trimmed.chars().anyMatch(Character::isISOControl)) {
            throw new BadInput("name", "A token's name has 1 to " + LONGEST_NAME + " characters on one line.");
        }
        if (!teams.existsById(teamId)) {
            throw new NotFound("team " + teamId);
        }
        String id = Ids.next();
        tokens.save(new TokenEntity(id, teamId, trimmed, hash(secret), clock.instant()));
        return new NewToken(id, trimmed, secret);
    }

    boolean knows(String secret) {
        return tokens.existsByTokenHash(hash(secret));
    }

    /** @throws NotFound no such token */
    String teamOf(String tokenId) {
        return tokens.findById(tokenId).map(TokenEntity::teamId).orElseThrow(() -> new NotFound("token " + tokenId));
    }

    /** From now on the token opens nothing. It is forgotten after the commit: before, a call would remember it again. */
    public void revoke(String tokenId) {
        if (!tokens.existsById(tokenId)) {
            throw new NotFound("token " + tokenId);
        }
        tokens.revoke(tokenId, clock.instant());
        cache.forget(tokenId);
    }

    /** A secret of 256 random bits needs no salt: no table of hashes can hold it. */
    private static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    public record Team(String id, String name) {}

    public record TokenIdentity(String tokenId, String teamId, String teamName, Tokens purpose) {}

    /** @param secret shown once, never stored */
    public record NewToken(String id, String name, String secret) {}

    public record Token(
            String id,
            String teamId,
            String name,
            Instant createdAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant revokedAt) {}
}
