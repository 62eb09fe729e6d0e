package io.hfeco2ai.experiments;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface ExperimentRepository extends JpaRepository<ExperimentEntity, String> {

    Optional<ExperimentEntity> findByProjectIdAndName(String projectId, String name);
}
