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

    protected TokenEntity() {}

    TokenEntity(String id, String teamId, String name, String tokenHash, Instant createdAt) {
        this.id = id;
        this.teamId = teamId;
        this.name = name;
        this.tokenHash = tokenHash;
        this.purpose = Tokens.CLIENT;
        this.createdAt = createdAt;
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

    Teams.Token token() {
        return new Teams.Token(id, teamId, name, createdAt, lastUsedAt, revokedAt);
    }
}
