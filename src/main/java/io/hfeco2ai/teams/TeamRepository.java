package io.hfeco2ai.teams;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface TeamRepository extends JpaRepository<TeamEntity, String> {

    Optional<TeamEntity> findByName(String name);

    List<TeamEntity> findAllByOrderByName();
}
