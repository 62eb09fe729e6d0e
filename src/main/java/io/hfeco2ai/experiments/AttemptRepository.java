package io.hfeco2ai.experiments;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

interface AttemptRepository extends JpaRepository<AttemptEntity, String> {

    List<AttemptEntity> findByRunIdOrderByNumberDesc(String runId);
}
