package io.hfeco2ai.teams;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.transaction.annotation.Transactional;

interface TokenRepository extends JpaRepository<TokenEntity, String> {

    Optional<TokenEntity> findByTokenHashAndRevokedAtIsNull(String tokenHash);

    boolean existsByTokenHash(String tokenHash);

    List<TokenEntity> findByTeamIdOrderByCreatedAtDesc(String teamId);

    @Modifying
    @Transactional
    @Query("UPDATE TokenEntity t SET t.lastUsedAt = :at WHERE t.id = :id")
    void used(String id, Instant at);

    /** The first time counts. */
    @Modifying
    @Transactional
    @Query("UPDATE TokenEntity t SET t.revokedAt = :at WHERE t.id = :id AND t.revokedAt IS NULL")
    void revoke(String id, Instant at);
}
