package io.hfeco2ai.experiments;

import jakarta.persistence.LockModeType;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;

interface RunRepository extends JpaRepository<RunEntity, String> {

    boolean existsByIdAndTeamId(String id, String teamId);

    /** Locks the row: whoever opens or ends attempts of a run waits for the others. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    Optional<RunEntity> findByIdAndTeamId(String id, String teamId);

    /** Locks the row, as above. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    Optional<RunEntity> findLockedById(String id);

    /** Locks the row, as above. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    Optional<RunEntity> findByExperimentIdAndExternalId(String experimentId, String externalId);
}
