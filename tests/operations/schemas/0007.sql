BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
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
CREATE TABLE collections (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_collections PRIMARY KEY (owner)
);
CREATE TABLE idempotency_keys (
	"key" VARCHAR(64) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	answer TEXT NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY ("key")
);
CREATE TABLE imports (
	id VARCHAR(32) NOT NULL, 
	owner TEXT NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	name TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	content BLOB NOT NULL, 
	decisions TEXT NOT NULL, 
	applied BLOB, 
	applied_version INTEGER, 
	CONSTRAINT pk_imports PRIMARY KEY (id)
);
CREATE TABLE ingredient_pieces (
	ingredient_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	millilitres FLOAT NOT NULL, 
	CONSTRAINT pk_ingredient_pieces PRIMARY KEY (ingredient_id, position), 
	CONSTRAINT ck_ingredient_pieces_not_negative CHECK (millilitres >= 0), 
	CONSTRAINT fk_ingredient_pieces_ingredient_id FOREIGN KEY(ingredient_id) REFERENCES ingredients (id), 
	CONSTRAINT fk_ingredient_pieces_unit_id FOREIGN KEY(unit_id) REFERENCES units (id)
);
CREATE TABLE "ingredients" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	parent_id INTEGER, 
	description TEXT, 
	allow_substitution BOOLEAN NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	aliases TEXT, 
	alike_key TEXT, 
	shelf BOOLEAN DEFAULT 0 NOT NULL, 
	strength FLOAT, 
	contains TEXT, 
	made_from_id INTEGER, 
	CONSTRAINT fk_ingredients_parent_id FOREIGN KEY(parent_id) REFERENCES ingredients (id), 
	CONSTRAINT uq_ingredients_name_key UNIQUE (name_key), 
	CONSTRAINT fk_ingredients_made_from_id FOREIGN KEY(made_from_id) REFERENCES ingredients (id)
);
INSERT INTO "ingredients" VALUES(1,'Spirit','spirit',NULL,NULL,0,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "ingredients" VALUES(2,'Gin','gin',1,'Juniper',0,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "ingredients" VALUES(3,'Vermouth','vermouth',NULL,NULL,1,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "ingredients" VALUES(5,'Crème de Cassis','crème de cassis',NULL,NULL,0,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z',NULL,NULL,0,NULL,NULL,NULL);
CREATE TABLE line_alternatives (
	recipe_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	rank INTEGER NOT NULL, 
	ingredient_id INTEGER NOT NULL, 
	CONSTRAINT pk_line_alternatives PRIMARY KEY (recipe_id, position, rank), 
	CONSTRAINT fk_line_alternatives_recipe_id FOREIGN KEY(recipe_id) REFERENCES recipes (id), 
	CONSTRAINT fk_line_alternatives_ingredient_id FOREIGN KEY(ingredient_id) REFERENCES ingredients (id)
);
CREATE TABLE merged (
	entity VARCHAR(16) NOT NULL, 
	old_id INTEGER NOT NULL, 
	into_id INTEGER NOT NULL, 
	uid TEXT, 
	order_key TEXT, 
	CONSTRAINT pk_merged PRIMARY KEY (entity, old_id)
);
CREATE TABLE methods (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name_key TEXT NOT NULL, 
	name TEXT NOT NULL, 
	words TEXT, 
	quadratic FLOAT NOT NULL, 
	linear FLOAT NOT NULL, 
	constant FLOAT NOT NULL, 
	source TEXT, 
	CONSTRAINT uq_methods_name_key UNIQUE (name_key)
);
INSERT INTO "methods" VALUES(1,'shake','Shake','["shaken"]',-1.567,1.742,0.203,'Dave Arnold, Liquid Intelligence, 2014, and Cocktail Science in General, cookingissues.com 2010');
INSERT INTO "methods" VALUES(2,'stir','Stir','["stirred", "throw", "thrown"]',-1.21,1.246,0.145,'Dave Arnold, Liquid Intelligence, 2014, and Cocktail Science in General, cookingissues.com 2010');
INSERT INTO "methods" VALUES(3,'build','Build','["built"]',0.0,0.0,0.24,'Dave Arnold, Liquid Intelligence, 2014: over a rock');
INSERT INTO "methods" VALUES(4,'blend','Blend','["blended"]',0.0,0.0,0.25,'the data of Bar Assistant, barassistant.app');
INSERT INTO "methods" VALUES(5,'no ice','No ice','["pour", "poured", "layer", "layered", "hot", "warm"]',0.0,0.0,0.0,NULL);
CREATE TABLE recipe_ingredients (
	recipe_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	ingredient_id INTEGER NOT NULL, 
	amount FLOAT, 
	unit_id INTEGER, amount_max FLOAT, note TEXT, optional BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_recipe_ingredients PRIMARY KEY (recipe_id, position), 
	CONSTRAINT ck_recipe_ingredients_not_negative CHECK (amount >= 0), 
	CONSTRAINT fk_recipe_ingredients_ingredient_id FOREIGN KEY(ingredient_id) REFERENCES ingredients (id), 
	CONSTRAINT fk_recipe_ingredients_recipe_id FOREIGN KEY(recipe_id) REFERENCES recipes (id), 
	CONSTRAINT fk_recipe_ingredients_unit_id FOREIGN KEY(unit_id) REFERENCES units (id)
);
INSERT INTO "recipe_ingredients" VALUES(1,1,2,2.0,1,NULL,NULL,0);
INSERT INTO "recipe_ingredients" VALUES(1,2,3,0.5,1,NULL,NULL,0);
INSERT INTO "recipe_ingredients" VALUES(4,1,2,NULL,NULL,NULL,NULL,0);
INSERT INTO "recipe_ingredients" VALUES(4,2,5,1.0,1,NULL,NULL,0);
CREATE TABLE "recipes" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	instructions TEXT, 
	description TEXT, 
	source TEXT, 
	source_url TEXT, 
	created_at VARCHAR(27) NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	garnish TEXT, 
	glass TEXT, 
	method TEXT, 
	tags TEXT, 
	notes TEXT, 
	extra TEXT, 
	uid TEXT, 
	order_key TEXT NOT NULL, 
	alike_key TEXT, 
	servings INTEGER, 
	makes_id INTEGER, 
	CONSTRAINT fk_recipes_makes_id FOREIGN KEY(makes_id) REFERENCES ingredients (id), 
	CONSTRAINT uq_recipes_order_key UNIQUE (order_key), 
	CONSTRAINT uq_recipes_uid UNIQUE (uid)
);
INSERT INTO "recipes" VALUES(1,'Martini','martini','Stir.',NULL,'IBA','https://example.org','2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z',NULL,NULL,NULL,NULL,NULL,NULL,'11111111111111111111111111111111','martiniiba',NULL,NULL,NULL);
INSERT INTO "recipes" VALUES(4,'Blackthorn Fizz','blackthorn fizz',NULL,NULL,NULL,NULL,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z',NULL,NULL,NULL,NULL,NULL,NULL,'44444444444444444444444444444444','blackthorn fizz',NULL,NULL,NULL);
CREATE TABLE "units" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	abbreviation TEXT, 
	millilitres FLOAT, 
	assumed BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT uq_units_name_key UNIQUE (name_key), 
	CONSTRAINT ck_units_not_negative CHECK (millilitres >= 0)
);
INSERT INTO "units" VALUES(1,'Ounce','ounce','oz',30.0,0);
CREATE INDEX ix_recipe_ingredients_unit_id ON recipe_ingredients (unit_id);
CREATE INDEX ix_recipe_ingredients_ingredient_id_recipe_id ON recipe_ingredients (ingredient_id, recipe_id);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE INDEX ix_recipe_ingredients_recipe_id_ingredient_id ON recipe_ingredients (recipe_id, ingredient_id);
CREATE INDEX ix_ingredients_parent_id ON ingredients (parent_id);
CREATE INDEX ix_ingredients_alike_key ON ingredients (alike_key);
CREATE INDEX ix_ingredient_pieces_unit_id ON ingredient_pieces (unit_id);
CREATE INDEX ix_recipes_name_key ON recipes (name_key);
CREATE INDEX ix_recipes_alike_key ON recipes (alike_key);
CREATE INDEX ix_recipes_makes_id ON recipes (makes_id);
CREATE INDEX ix_line_alternatives_ingredient_id_recipe_id ON line_alternatives (ingredient_id, recipe_id);
CREATE INDEX ix_merged_entity_into_id ON merged (entity, into_id);
CREATE INDEX ix_imports_created_at ON imports (created_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('units',1);
INSERT INTO "sqlite_sequence" VALUES('ingredients',5);
INSERT INTO "sqlite_sequence" VALUES('recipes',7);
INSERT INTO "sqlite_sequence" VALUES('methods',5);
INSERT INTO "sqlite_sequence" VALUES('changes',9);
COMMIT;
