package io.hfeco2ai.teams;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "team")
class TeamEntity {

    @Id
    private String id;

    @Column
    private String name;

    @Column
    private Instant createdAt;

    protected TeamEntity() {}

    TeamEntity(String id, String name, Instant createdAt) {
        this.id = id;
        this.name = name;
        this.createdAt = createdAt;
    }

    Teams.Team team() {
        return new Teams.Team(id, name);
    }
}
