package io.hfeco2ai.teams;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "app_user")
class UserEntity {

    @Id
    private String id;

    @Column
    private String username;

    @Column
    private String passwordHash;

    @Column
    private String role;

    @Column
    private Instant createdAt;

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

    String passwordHash() {
        return passwordHash;
    }

    String role() {
        return role;
    }
}
