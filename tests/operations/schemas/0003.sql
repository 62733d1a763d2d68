BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE catalogue (
	catalogue_id VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_catalogue PRIMARY KEY (catalogue_id)
);
INSERT INTO "catalogue" VALUES('c0ffee00c0ffee00c0ffee00c0ffee00');
CREATE TABLE changes (
	version INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	changed_at VARCHAR(27) NOT NULL, 
	entity VARCHAR(16) NOT NULL, 
	entity_id INTEGER NOT NULL, 
	action VARCHAR(8) NOT NULL
);
INSERT INTO "changes" VALUES(1,'2026-01-01T00:00:00.000000Z','unit',1,'create');
INSERT INTO "changes" VALUES(2,'2026-01-01T00:00:00.000000Z','ingredient',1,'create');
INSERT INTO "changes" VALUES(3,'2026-01-01T00:00:00.000000Z','ingredient',2,'create');
INSERT INTO "changes" VALUES(4,'2026-01-01T00:00:00.000000Z','ingredient',3,'create');
INSERT INTO "changes" VALUES(5,'2026-01-01T00:00:00.000000Z','ingredient',5,'create');
INSERT INTO "changes" VALUES(6,'2026-01-01T00:00:00.000000Z','recipe',1,'create');
INSERT INTO "changes" VALUES(9,'2026-01-01T00:00:00.000000Z','recipe',4,'create');
CREATE TABLE idempotency_keys (
	"key" VARCHAR(64) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	answer TEXT NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY ("key")
);
CREATE TABLE ingredients (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	parent_id INTEGER, 
	description TEXT, 
	allow_substitution BOOLEAN NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	CONSTRAINT fk_ingredients_parent_id FOREIGN KEY(parent_id) REFERENCES ingredients (id), 
	CONSTRAINT uq_ingredients_name_key UNIQUE (name_key)
);
INSERT INTO "ingredients" VALUES(1,'Spirit','spirit',NULL,NULL,0,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z');
INSERT INTO "ingredients" VALUES(2,'Gin','gin',1,'Juniper',0,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z');
INSERT INTO "ingredients" VALUES(3,'Vermouth','vermouth',NULL,NULL,1,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z');
INSERT INTO "ingredients" VALUES(5,'Crème de Cassis','crème de cassis',NULL,NULL,0,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z');
CREATE TABLE recipe_ingredients (
	recipe_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	ingredient_id INTEGER NOT NULL, 
	amount FLOAT, 
	unit_id INTEGER, 
	CONSTRAINT pk_recipe_ingredients PRIMARY KEY (recipe_id, position), 
	CONSTRAINT ck_recipe_ingredients_not_negative CHECK (amount >= 0), 
	CONSTRAINT fk_recipe_ingredients_ingredient_id FOREIGN KEY(ingredient_id) REFERENCES ingredients (id), 
	CONSTRAINT fk_recipe_ingredients_recipe_id FOREIGN KEY(recipe_id) REFERENCES recipes (id), 
	CONSTRAINT fk_recipe_ingredients_unit_id FOREIGN KEY(unit_id) REFERENCES units (id)
);
INSERT INTO "recipe_ingredients" VALUES(1,1,2,2.0,1);
INSERT INTO "recipe_ingredients" VALUES(1,2,3,0.5,1);
INSERT INTO "recipe_ingredients" VALUES(4,1,2,NULL,NULL);
INSERT INTO "recipe_ingredients" VALUES(4,2,5,1.0,1);
CREATE TABLE recipes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	instructions TEXT, 
	description TEXT, 
	source TEXT, 
	source_url TEXT, 
	created_at VARCHAR(27) NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	CONSTRAINT uq_recipes_name_key UNIQUE (name_key)
);
INSERT INTO "recipes" VALUES(1,'Martini','martini','Stir.',NULL,'IBA','https://example.org','2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z');
INSERT INTO "recipes" VALUES(4,'Blackthorn Fizz','blackthorn fizz',NULL,NULL,NULL,NULL,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z');
CREATE TABLE units (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	abbreviation TEXT, 
	millilitres FLOAT NOT NULL, 
	CONSTRAINT ck_units_not_negative CHECK (millilitres >= 0), 
	CONSTRAINT uq_units_name_key UNIQUE (name_key)
);
INSERT INTO "units" VALUES(1,'Ounce','ounce','oz',30.0);
CREATE INDEX ix_ingredients_parent_id ON ingredients (parent_id);
CREATE INDEX ix_recipe_ingredients_unit_id ON recipe_ingredients (unit_id);
CREATE INDEX ix_recipe_ingredients_ingredient_id_recipe_id ON recipe_ingredients (ingredient_id, recipe_id);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE INDEX ix_recipe_ingredients_recipe_id_ingredient_id ON recipe_ingredients (recipe_id, ingredient_id);
CREATE VIEW recipe_names_source AS SELECT id, name_key || char(1, 1) AS padded FROM recipes;
CREATE TRIGGER recipe_names_insert AFTER INSERT ON recipes BEGIN
        INSERT INTO recipe_names (rowid, padded) VALUES (new.id, new.name_key || char(1, 1));
    END;
CREATE TRIGGER recipe_names_delete AFTER DELETE ON recipes BEGIN
        INSERT INTO recipe_names (recipe_names, rowid, padded)
        VALUES ('delete', old.id, old.name_key || char(1, 1));
    END;
CREATE TRIGGER recipe_names_update AFTER UPDATE ON recipes
    WHEN old.name_key <> new.name_key OR old.id <> new.id BEGIN
        INSERT INTO recipe_names (recipe_names, rowid, padded)
        VALUES ('delete', old.id, old.name_key || char(1, 1));
        INSERT INTO recipe_names (rowid, padded) VALUES (new.id, new.name_key || char(1, 1));
    END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('units',1);
INSERT INTO "sqlite_sequence" VALUES('ingredients',5);
INSERT INTO "sqlite_sequence" VALUES('recipes',7);
INSERT INTO "sqlite_sequence" VALUES('changes',9);
COMMIT;
CREATE VIRTUAL TABLE recipe_names USING fts5(padded, content='recipe_names_source', content_rowid='id', tokenize='trigram case_sensitive 1');
INSERT INTO recipe_names (recipe_names) VALUES ('rebuild');
CREATE VIRTUAL TABLE recipe_name_terms USING fts5vocab('recipe_names', 'row');
