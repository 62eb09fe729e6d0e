-- grid: who controls the energy of a site. Rows are only added; the newest one holds for what is asked after it, and a
-- report that was asked before keeps the one that held then.
CREATE TABLE site_control (
    site_id   VARCHAR(32) NOT NULL REFERENCES site (id),
    chosen_ms BIGINT NOT NULL,
    control   VARCHAR(20) NOT NULL, -- OPERATIONAL, LEASED, SERVICE
    reason    VARCHAR(500) NOT NULL, -- as typed
    PRIMARY KEY (site_id, chosen_ms)
);
