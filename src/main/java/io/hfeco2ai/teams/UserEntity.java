package io.hfeco2ai.teams;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "app_user")
class UserEntity {

    @Id
    private String id;

    @Column
    private String username;

    @Column
    private @Nullable String passwordHash;

    @Column
    private String role;

    @Column
    private Instant createdAt;

    @Column
    private @Nullable Instant disabledAt;

    protected UserEntity() {}

    UserEntity(String id, String username, String passwordHash, String role, Instant createdAt) {
        this.id = id;
        this.username = username;
        this.passwordHash = passwordHash;
        this.role = role;
        this.createdAt = createdAt;
    }

    String username() {
        return username;
    }

    /** Empty: the person has none yet, or signs in elsewhere. */
    String passwordHash() {
        return passwordHash == null ? "" : passwordHash;
    }

    boolean canSignIn() {
        return disabledAt == null && passwordHash != null;
    }

    String role() {
        return role;
    }
}
