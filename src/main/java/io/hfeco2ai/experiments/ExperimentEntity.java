package io.hfeco2ai.experiments;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "experiment")
class ExperimentEntity {

    @Id
    private String id;

    @Column
    private String projectId;

    @Column
    private String name;

    @Column
    private Instant createdAt;

    protected ExperimentEntity() {}

    ExperimentEntity(String id, String projectId, String name, Instant createdAt) {
        this.id = id;
        this.projectId = projectId;
        this.name = name;
        this.createdAt = createdAt;
    }

    String id() {
        return id;
    }
}
