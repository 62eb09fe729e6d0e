package io.hfeco2ai.teams;

import io.hfeco2ai.teams.Allow.Tokens;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "api_token")
class TokenEntity {

    @Id
    private String id;

    @Column
    private String teamId;

    @Column
    private String name;

    @Column
    private String tokenHash;

    @Column
    @Enumerated(EnumType.STRING)
    private Tokens purpose;

    @Column
    private Instant createdAt;

    @Column
    private @Nullable Instant lastUsedAt;

    @Column
    private @Nullable Instant revokedAt;

    @Column
    private @Nullable Instant expiresAt;

    @Column
    private @Nullable String createdBy;

    protected TokenEntity() {}

    TokenEntity(
            String id,
            Teams.TokenWish wanted,
            String tokenHash,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable String createdBy) {
        this.id = id;
        this.teamId = wanted.teamId();
        this.name = wanted.name();
        this.tokenHash = tokenHash;
        this.purpose = wanted.purpose();
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
        this.createdBy = createdBy;
    }

    String id() {
        return id;
    }

    String teamId() {
        return teamId;
    }

    Tokens purpose() {
        return purpose;
    }

    @Nullable Instant expiresAt() {
        return expiresAt;
    }

    /** The instant itself is the first at which it opens nothing. */
    boolean hasExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    Teams.Token token() {
        return new Teams.Token(id, teamId, name, purpose, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt);
    }
}
