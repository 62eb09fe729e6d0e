-- ledger: carbon credits that the organisation retired. A register apart: no figure is ever lowered by it. Rows are never
-- removed; a wrong one is voided with the reason.
CREATE TABLE carbon_offset (
    id          VARCHAR(32) PRIMARY KEY,
    kind        VARCHAR(20) NOT NULL,  -- REMOVAL, REDUCTION
    registry    VARCHAR(100) NOT NULL, -- Verra, Gold Standard, ..., as typed
    serials     VARCHAR(200) NOT NULL, -- first to last, as the registry prints them
    project     VARCHAR(200) NOT NULL,
    vintage     INTEGER NOT NULL,      -- year in which the carbon was removed or not emitted
    mass_kg     BIGINT NOT NULL,       -- CO2e
    retired_on  DATE NOT NULL,
    source      VARCHAR(500) NOT NULL, -- where the retirement can be looked up
    entered_ms  BIGINT NOT NULL,
    voided_ms   BIGINT,                -- null: it stands
    void_reason VARCHAR(500),
    standing    VARCHAR(310) UNIQUE    -- registry and serials, of one that stands: a credit is retired once
);
CREATE INDEX carbon_offset_by_day ON carbon_offset (retired_on);
