package io.hfeco2ai.teams;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

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
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;
    private final TokenCache cache;
    private final String defaultName;

    Teams(
            TeamRepository teams,
            TokenRepository tokens,
            Clock clock,
            ApplicationEventPublisher events,
            TransactionTemplate transaction,
            @Value("${hfeco2ai.bootstrap.team:default}") String defaultName) {
        this.teams = teams;
        this.tokens = tokens;
        this.clock = clock;
        this.events = events;
        this.transaction = transaction;
        this.cache = new TokenCache(clock);
        this.defaultName = defaultName;
    }

    /** Whose token it is; empty when nobody's, expired or revoked. */
    public Optional<TokenIdentity> authenticate(String bearer) {
        String hash = hash(bearer);
        Optional<TokenIdentity> known = cache.get(hash);
        Optional<TokenIdentity> identity = known.isPresent() ? known : stored(hash);
        identity.map(TokenIdentity::tokenId).filter(cache::useIsNews).ifPresent(this::noteUse);
        return identity;
    }

    private Optional<TokenIdentity> stored(String hash) {
        long revocations = cache.revocations();
        return tokens.findByTokenHashAndRevokedAtIsNull(hash)
                .filter(token -> !token.hasExpired(clock.instant()))
                .flatMap(token -> team(token.teamId()).map(team -> {
                    var identity = new TokenIdentity(token.id(), team.id(), team.name(), token.purpose());
                    cache.put(hash, identity, revocations, token.expiresAt());
                    return identity;
                }));
    }

    /** Whether it was good once and nobody revoked it: then its owner is told why it opens nothing now. */
    boolean hasExpired(String bearer) {
        return tokens.findByTokenHashAndRevokedAtIsNull(hash(bearer))
                .filter(token -> token.hasExpired(clock.instant()))
                .isPresent();
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

    Optional<Token> token(String id) {
        return tokens.findById(id).map(TokenEntity::token);
    }

    /** The team's tokens, the newest first, revoked ones too. */
    public List<Token> tokens(String teamId) {
        return tokens.findByTeamIdOrderByCreatedAtDesc(teamId).stream()
                .map(TokenEntity::token)
                .toList();
    }

    /** A token for a training script that never expires. */
    @Transactional
    public NewToken create(String teamId, String name) {
        return create(new TokenWish(teamId, name, Tokens.CLIENT, null), null);
    }

    /** Makes a token of 256 random bits. Its secret is in the answer and nowhere else. */
    @Transactional
    NewToken create(TokenWish wish, @Nullable String createdBy) {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return register(
                wish,
                createdBy,
                PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** Makes a token of a secret that was chosen outside, by whoever starts the server. */
    @Transactional
    NewToken register(TokenWish wish, @Nullable String createdBy, String secret) {
        String trimmed = wish.name().strip();
        if (trimmed.isEmpty()
                || trimmed.length() > LONGEST_NAME
                || trimmed.chars().anyMatch(Character::isISOControl)) {
            throw new BadInput("name", "A token's name has 1 to " + LONGEST_NAME + " characters on one line.");
        }
        if (!teams.existsById(wish.teamId())) {
            throw new NotFound("team " + wish.teamId());
        }
        String id = Ids.next();
        Instant now = clock.instant();
        Instant expiresAt = wish.days() == null ? null : now.plus(Duration.ofDays(wish.days()));
        TokenWish plain = new TokenWish(wish.teamId(), trimmed, wish.purpose(), wish.days());
        tokens.saveAndFlush(new TokenEntity(id, plain, hash(secret), now, expiresAt, createdBy));
        Map<String, String> details =
                Map.of("purpose", wish.purpose().name(), "expires_at", expiresAt == null ? "never" : "" + expiresAt);
        events.publishEvent(new Changed("token.made", "token", id, wish.teamId(), details));
        return new NewToken(id, trimmed, secret);
    }

    boolean knows(String secret) {
        return tokens.existsByTokenHash(hash(secret));
    }

    /** From now on the token opens nothing. It is forgotten after the commit: before, a call would remember it again. */
    public void revoke(String tokenId) {
        TokenEntity token = tokens.findById(tokenId).orElseThrow(() -> new NotFound("token " + tokenId));
        transaction.executeWithoutResult(status -> {
            tokens.revoke(tokenId, clock.instant());
            events.publishEvent(new Changed("token.revoked", "token", tokenId, token.teamId(), Map.of()));
        });
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

    /** @param days until it expires; null: never */
    record TokenWish(
            String teamId,
            String name,
            Tokens purpose,
            @Nullable Integer days) {}

    /** @param secret shown once, never stored */
    public record NewToken(String id, String name, String secret) {}

    public record Token(
            String id,
            String teamId,
            String name,
            Tokens purpose,
            Instant createdAt,
            @Nullable String createdBy,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant revokedAt) {}
}
