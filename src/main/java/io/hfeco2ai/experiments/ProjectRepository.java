package io.hfeco2ai.experiments;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface ProjectRepository extends JpaRepository<ProjectEntity, String> {

    Optional<ProjectEntity> findByTeamIdAndName(String teamId, String name);
}
