package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.Status;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "run")
class RunEntity {

    @Id
    private String id;

    @Column
    private String teamId;

    @Column
    private String experimentId;

    @Column
    private @Nullable String parentId;

    @Column
    private @Nullable String externalId;

    @Column
    private String name;

    @Column
    @Enumerated(EnumType.STRING)
    private Status status;

    @Column
    private boolean synthetic;

    @Column
    private Instant startedAt;

    @Column
    private @Nullable Instant endedAt;

    @Column
    private Instant createdAt;

    @Column
    private @Nullable String client;

    protected RunEntity() {}

    RunEntity(String id, String teamId, String experimentId, String name, Instant startedAt, Instant createdAt) {
        this.id = id;
        this.teamId = teamId;
        this.experimentId = experimentId;
        this.name = name;
        this.status = Status.RUNNING;
        this.startedAt = startedAt;
        this.createdAt = createdAt;
    }

    RunEntity known(
            @Nullable String asExternalId,
            @Nullable String belowParentId,
            boolean asSynthetic,
            @Nullable String byClient) {
        this.externalId = asExternalId;
        this.parentId = belowParentId;
        this.synthetic = asSynthetic;
        this.client = byClient;
        return this;
    }

    void end(Status last, Instant at) {
        status = last;
        endedAt = at;
    }

    void resume() {
        status = Status.RUNNING;
        endedAt = null;
    }

    /** It ended when it did, but otherwise. */
    void restate(Status last) {
        status = last;
    }

    String id() {
        return id;
    }

    String teamId() {
        return teamId;
    }

    Status status() {
        return status;
    }

    boolean synthetic() {
        return synthetic;
    }

    @Nullable String client() {
        return client;
    }
}
