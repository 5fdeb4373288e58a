-- The embedded index. `documents` holds what is filtered, sorted and counted, in short rows; `bodies` what is shown.
-- Keys are never used twice (AUTOINCREMENT), so that a stored ranking can name documents by key.
CREATE TABLE documents (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  restricted INTEGER NOT NULL,
  urgency REAL NOT NULL,
  created_ms INTEGER NOT NULL,
  day INTEGER NOT NULL,
  kind TEXT,
  category TEXT,
  source TEXT NOT NULL,
  lane TEXT NOT NULL,
  state TEXT NOT NULL,
  review INTEGER NOT NULL,
  incident_id TEXT,
  area_provinsi TEXT,
  area_kabkota TEXT,
  area_kecamatan TEXT,
  area_kelurahan TEXT
) STRICT;
CREATE INDEX documents_by_urgency ON documents (urgency DESC, created_ms DESC, id);
CREATE INDEX documents_by_time ON documents (created_ms DESC, id);
CREATE INDEX documents_by_incident ON documents (incident_id) WHERE incident_id IS NOT NULL;

CREATE INDEX documents_by_regency ON documents (area_kabkota, created_ms DESC) WHERE area_kabkota IS NOT NULL;

-- How many documents each local day (WIB) has, changed in the transaction that changes a document (sqlite_daily.py).
-- Topics are counted in all ('') and by province; areas are regencies, provinces of what has no regency, '' for neither.
CREATE TABLE daily_topics (
  area TEXT NOT NULL,
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  category TEXT NOT NULL,
  restricted INTEGER NOT NULL,
  reports INTEGER NOT NULL,
  PRIMARY KEY (area, day, kind, category, restricted)
) STRICT, WITHOUT ROWID;
CREATE TABLE daily_areas (
  area TEXT NOT NULL,
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  restricted INTEGER NOT NULL,
  reports INTEGER NOT NULL,
  PRIMARY KEY (area, day, kind, restricted)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER daily_topics_none AFTER UPDATE ON daily_topics WHEN new.reports = 0 BEGIN
  DELETE FROM daily_topics WHERE area = new.area AND day = new.day AND kind = new.kind
    AND category = new.category AND restricted = new.restricted;
END;
CREATE TRIGGER daily_areas_none AFTER UPDATE ON daily_areas WHEN new.reports = 0 BEGIN
  DELETE FROM daily_areas WHERE area = new.area AND day = new.day AND kind = new.kind AND restricted = new.restricted;
END;
-- Nothing is kept in this view: what is put into it changes the counts.
CREATE VIEW daily_changes AS SELECT day, kind, category, restricted, area_provinsi, area_kabkota, 0 AS more FROM documents;
CREATE TRIGGER daily_changed INSTEAD OF INSERT ON daily_changes BEGIN
  INSERT INTO daily_topics
    SELECT area, new.day, coalesce(new.kind, ''), coalesce(new.category, ''), new.restricted, new.more
    FROM (SELECT '' AS area UNION ALL SELECT new.area_provinsi) WHERE area IS NOT NULL
    ON CONFLICT DO UPDATE SET reports = reports + excluded.reports;
  INSERT INTO daily_areas VALUES (
    coalesce(new.area_kabkota, new.area_provinsi, ''), new.day, coalesce(new.kind, ''), new.restricted, new.more
  ) ON CONFLICT DO UPDATE SET reports = reports + excluded.reports;
END;
CREATE TRIGGER documents_added AFTER INSERT ON documents BEGIN
  INSERT INTO daily_changes VALUES
    (new.day, new.kind, new.category, new.restricted, new.area_provinsi, new.area_kabkota, 1);
END;
CREATE TRIGGER documents_removed AFTER DELETE ON documents BEGIN
  INSERT INTO daily_changes VALUES
    (old.day, old.kind, old.category, old.restricted, old.area_provinsi, old.area_kabkota, -1);
END;
CREATE TRIGGER documents_changed AFTER UPDATE ON documents
WHEN (old.day, old.kind, old.category, old.restricted, old.area_provinsi, old.area_kabkota)
  IS NOT (new.day, new.kind, new.category, new.restricted, new.area_provinsi, new.area_kabkota) BEGIN
  INSERT INTO daily_changes VALUES
    (old.day, old.kind, old.category, old.restricted, old.area_provinsi, old.area_kabkota, -1);
  INSERT INTO daily_changes VALUES
    (new.day, new.kind, new.category, new.restricted, new.area_provinsi, new.area_kabkota, 1);
END;

CREATE TABLE bodies (
  key INTEGER PRIMARY KEY,
  is_restricted INTEGER NOT NULL,
  stems TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- Stems come as terms already (index/tokens.py); everything but a blank belongs to a term. Restricted documents have
-- their own words, so that what these hold changes neither order nor spelling for those who may not see them.
CREATE VIRTUAL TABLE terms USING fts5 (
  stems, content = 'bodies', content_rowid = 'key', prefix = '3',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);
CREATE VIRTUAL TABLE restricted_terms USING fts5 (
  stems, content = 'bodies', content_rowid = 'key', prefix = '3',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);
CREATE TRIGGER bodies_added AFTER INSERT ON bodies BEGIN
  INSERT INTO terms (rowid, stems) SELECT new.key, new.stems WHERE NOT new.is_restricted;
  INSERT INTO restricted_terms (rowid, stems) SELECT new.key, new.stems WHERE new.is_restricted;
END;
CREATE TRIGGER bodies_removed AFTER DELETE ON bodies BEGIN
  INSERT INTO terms (terms, rowid, stems) SELECT 'delete', old.key, old.stems WHERE NOT old.is_restricted;
  INSERT INTO restricted_terms (restricted_terms, rowid, stems)
    SELECT 'delete', old.key, old.stems WHERE old.is_restricted;
END;
CREATE TRIGGER bodies_changed AFTER UPDATE ON bodies
WHEN (old.stems, old.is_restricted) IS NOT (new.stems, new.is_restricted) BEGIN
  INSERT INTO terms (terms, rowid, stems) SELECT 'delete', old.key, old.stems WHERE NOT old.is_restricted;
  INSERT INTO restricted_terms (restricted_terms, rowid, stems)
    SELECT 'delete', old.key, old.stems WHERE old.is_restricted;
  INSERT INTO terms (rowid, stems) SELECT new.key, new.stems WHERE NOT new.is_restricted;
  INSERT INTO restricted_terms (rowid, stems) SELECT new.key, new.stems WHERE new.is_restricted;
END;

CREATE TABLE marks (segment TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', lower(hex(randomblob(16))));
