package io.hfeco2ai.experiments;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "project")
class ProjectEntity {

    @Id
    private String id;

    @Column
    private String teamId;

    @Column
    private String name;

    @Column
    private Instant createdAt;

    protected ProjectEntity() {}

    ProjectEntity(String id, String teamId, String name, Instant createdAt) {
        this.id = id;
        this.teamId = teamId;
        this.name = name;
        this.createdAt = createdAt;
    }

    String id() {
        return id;
    }
}
