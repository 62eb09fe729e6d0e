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
@Table(name = "attempt")
class AttemptEntity {

    @Id
    private String id;

    @Column
    private String runId;

    @Column
    private int number;

    @Column
    @Enumerated(EnumType.STRING)
    private Status status;

    @Column
    private Instant startedAt;

    @Column
    private @Nullable Instant endedAt;

    protected AttemptEntity() {}

    AttemptEntity(String id, String runId, int number, Instant startedAt) {
        this.id = id;
        this.runId = runId;
        this.number = number;
        this.status = Status.RUNNING;
        this.startedAt = startedAt;
    }

    void end(Status last, Instant at) {
        status = last;
        endedAt = at;
    }

    /** It ended when it did, but otherwise. */
    void restate(Status last) {
        status = last;
    }

    String id() {
        return id;
    }

    int number() {
        return number;
    }

    boolean open() {
        return endedAt == null;
    }

    Instant startedAt() {
        return startedAt;
    }

    @Nullable Instant endedAt() {
        return endedAt;
    }
}
